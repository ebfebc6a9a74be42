"""What no file declares: who signs in, what was granted, which jobs ran, who confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.support.estate.builder import Estate


@dataclass(frozen=True)
class Circumstances:
    """How an account is apart from its files. The defaults are those of an account that is ready."""

    production_mail: bool = True
    good_builds: bool = True
    careless_user: bool = False
    guarded_root: bool = True


def finish(estate: Estate, how: Circumstances, region: str) -> None:
    """Give the account what its people did by hand."""
    if how.production_mail:
        estate.client("sesv2", region).put_account_details(
            MailType="TRANSACTIONAL",
            WebsiteURL="https://www.huntaze.example",
            UseCaseDescription="Order mail",
            ProductionAccessEnabled=True,
        )
    iam = estate.client("iam", region)
    if how.guarded_root:
        iam.create_virtual_mfa_device(VirtualMFADeviceName="root-account-mfa-device")
    iam.create_user(UserName="huntaze-reader")
    if how.careless_user:
        iam.create_login_profile(UserName="huntaze-reader", Password="Not-a-secret-1")
        iam.create_access_key(UserName="huntaze-reader")
    else:
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="huntaze-reader")["VirtualMFADevice"]
        iam.enable_mfa_device(
            UserName="huntaze-reader",
            SerialNumber=serial["SerialNumber"],
            AuthenticationCode1="123456",
            AuthenticationCode2="234567",
        )
    for held in list(estate.made.values()):
        if "branch" in held:
            seed = "seed:SUCCEED" if how.good_builds else "seed:FAILED"
            estate.client("amplify", region).start_job(
                appId=held["app_id"], branchName=held["branch"], jobType="RELEASE", jobReason=seed
            )


def history(estate: Estate) -> None:
    """Samples of the last minutes, as if the services had run longer: an alarm on too few tasks has what it asks."""
    now = datetime.now(UTC)
    for fact in estate.facts.seen("aws_ecs_service"):
        held, region = estate.made.get(fact.id), estate.region_of(fact)
        if held is None:
            continue
        dimensions = {"ClusterName": held["cluster"], "ServiceName": held["name"]}
        sample = {
            "MetricName": "RunningTaskCount",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Value": 2.0,
        }
        samples = [{**sample, "Timestamp": now - timedelta(seconds=20 * one)} for one in range(30)]
        estate.client("cloudwatch", region).put_metric_data(
            Namespace="ECS/ContainerInsights", MetricData=samples
        )


def settled(estate: Estate, seconds: float = 240.0) -> None:
    """Wait until the services run as they should and the databases are there."""
    regions = sorted(set(estate.regions.values()))
    until(lambda: all(_runs(estate, region) for region in regions), seconds, "the services")
    until(lambda: all(_available(estate, region) for region in regions), seconds, "the databases")


def _runs(estate: Estate, region: str) -> bool:
    ecs, elb = estate.client("ecs", region), estate.client("elbv2", region)
    for cluster in ecs.list_clusters()["clusterArns"]:
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        for one in ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else ():
            done = all(each["rolloutState"] == "COMPLETED" for each in one["deployments"])
            if one["runningCount"] != one["desiredCount"] or not done:
                return False
    for group in elb.describe_target_groups()["TargetGroups"]:
        health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        if any(one["TargetHealth"]["State"] != "healthy" for one in health["TargetHealthDescriptions"]):
            return False
    return True


def _available(estate: Estate, region: str) -> bool:
    rds = estate.client("rds", region)
    for one in rds.describe_db_instances()["DBInstances"]:
        if one["DBInstanceStatus"] != "available":
            return False
        snapshots = rds.describe_db_snapshots(DBInstanceIdentifier=one["DBInstanceIdentifier"])["DBSnapshots"]
        if one["BackupRetentionPeriod"] and not any(s["Status"] == "available" for s in snapshots):
            return False
    return True


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition, and say so when it never came."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} were not there within {seconds} s"
        time.sleep(0.1)
