"""Amplify: applications, branches (names of variables alone) and their last jobs."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector

APPS = Call("amplify", "ListApps", each="apps", keep=["appId", "appArn"])


@collector(
    "aws_amplify_app",
    Call(
        "amplify",
        "ListApps",
        each="apps",
        take={
            "arn": "appArn",
            "id": "appId",
            "name": "name",
            "platform": "platform",
            "default_domain": "defaultDomain",
            "repository": "repository",
            "iam_service_role_arn": "iamServiceRoleArn",
            "production_branch_status": "productionBranch.status",
            "environment_names": "environmentVariables{}",
        },
    ),
)
def amplify_apps(row: Row) -> Seen:
    """An application. Of its variables the names alone come in."""
    return row.seen(id="arn", name="name")


@collector(
    "aws_amplify_branch",
    APPS,
    Call(
        "amplify",
        "ListBranches",
        each="branches",
        given={"appId": "$ListApps.appId"},
        take={
            "arn": "branchArn",
            "branch_name": "branchName",
            "stage": "stage",
            "framework": "framework",
            "enable_auto_build": "enableAutoBuild",
            "environment_names": "environmentVariables{}",
        },
    ),
    Call(
        "amplify",
        "ListJobs",
        given={"appId": "$ListApps.appId", "branchName": "$ListBranches.branchName"},
        take={
            "job_statuses": "jobSummaries[].status",
            "job_commits": "jobSummaries[].commitId",
            "job_ends": "jobSummaries[].endTime",
        },
    ),
)
def amplify_branches(row: Row) -> Seen:
    """A branch with its jobs, newest first."""
    return row.seen(id="arn", name="branch_name")
