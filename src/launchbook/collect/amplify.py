"""Amplify: applications, branches (names of variables alone) and their last jobs."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector

APPS = Call("amplify", "ListApps", each="apps", keep=["appId", "appArn", "name"])


@collector(
    "aws_amplify_app",
    APPS,
    Call(
        "amplify",
        "GetApp",
        given={"appId": "$ListApps.appId"},
        take={
            "arn": "app.appArn",
            "id": "app.appId",
            "name": "app.name",
            "platform": "app.platform",
            "default_domain": "app.defaultDomain",
            "repository": "app.repository",
            "iam_service_role_arn": "app.iamServiceRoleArn",
            "production_branch_status": "app.productionBranch.status",
            "environment_names": "app.environmentVariables{}",
        },
    ),
)
def amplify_apps(row: Row) -> Seen:
    """An application. Of its variables the names alone come in."""
    seen = row.seen(id="arn", name="name")
    return Seen(str(row.get("ListApps", "appArn") or seen.id), seen.name, seen.attributes)


@collector(
    "aws_amplify_branch",
    APPS,
    Call(
        "amplify",
        "ListBranches",
        always=["enableAutoBuild"],
        each="branches",
        given={"appId": "$ListApps.appId"},
        take={
            "arn": "branchArn",
            "branch_name": "branchName",
            "stage": "stage",
            "framework": "framework",
            "enable_auto_build": "enableAutoBuild",
        },
    ),
    Call(
        "amplify",
        "GetBranch",
        given={"appId": "$ListApps.appId", "branchName": "$ListBranches.branchName"},
        take={"environment_names": "branch.environmentVariables{}"},
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
    """A branch with its jobs, newest first; it belongs to the application by name."""
    owner = {"app_name": row.get("ListApps", "name")}
    return row.seen(id="arn", name="branch_name", ListApps=owner)
