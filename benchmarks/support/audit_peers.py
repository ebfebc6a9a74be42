"""Who else reads an account: prowler and Cloud Custodian with equivalent checks, and the runbook's commands by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "launchbook/peers"
#: Checks of prowler that ask what the audit's own do of the estate.
PROWLER = (
    *("iam_root_mfa_enabled", "iam_no_root_access_key", "iam_user_mfa_enabled_console_access"),
    *(
        "iam_rotate_access_key_90_days",
        "iam_user_accesskey_unused",
        "iam_policy_no_full_access_to_cloudtrail",
    ),
    *("rds_instance_multi_az", "rds_instance_backup_enabled", "rds_instance_storage_encrypted"),
    *("rds_instance_no_public_access", "s3_bucket_object_versioning", "s3_bucket_default_encryption"),
    *("dynamodb_tables_pitr_enabled", "elasticache_redis_cluster_multi_az_enabled", "backup_plans_exist"),
    *("ecr_repositories_scan_images_on_push_enabled", "ecs_task_definitions_no_environment_secrets"),
    *("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22", "elbv2_is_in_multiple_az"),
    *("cloudwatch_log_group_retention_policy_specific_days_enabled", "acm_certificates_expiration_check"),
    *("sqs_queues_server_side_encryption_enabled", "sns_topics_kms_encryption_at_rest_enabled"),
)
#: Resource and filter of Cloud Custodian's policies.
CUSTODIAN = {
    "rds": "{type: value, key: MultiAZ, value: false}",
    "sqs": "{type: value, key: RedrivePolicy, value: absent}",
    "sns": "{type: value, key: SubscriptionsConfirmed, value: '0'}",
    "s3": "{type: value, key: Versioning.Status, value: absent}",
    "dynamodb-table": "{type: value, key: DeletionProtectionEnabled, value: false}",
    "ecs": "{type: value, key: runningTasksCount, value: 0}",
    "ecr": "{type: value, key: imageScanningConfiguration.scanOnPush, value: false}",
    "alarm": "{type: value, key: AlarmActions, value: empty}",
    "log-group": "{type: value, key: retentionInDays, value: absent}",
    "iam-role": "{type: value, key: Description, value: absent}",
    "iam-user": "{type: value, key: PasswordLastUsed, value: absent}",
    "cache-cluster": "{type: value, key: Engine, value: redis}",
    "security-group": "{type: value, key: GroupName, value: default}",
    "event-rule": "{type: value, key: State, value: DISABLED}",
    "secrets-manager": "{type: value, key: RotationEnabled, value: absent}",
}
#: The commands of the runbook's section 5 that need no id of something else, in its order.
BY_HAND = (
    "sts get-caller-identity",
    "iam get-account-summary",
    "iam list-users",
    "iam list-access-keys --user-name deploy",
    "iam list-roles",
    "elbv2 describe-target-groups",
    "cloudfront list-distributions",
    "s3api list-buckets",
    "rds describe-db-instances",
    "rds describe-db-snapshots",
    "elasticache describe-replication-groups",
    "elasticache describe-snapshots",
    "ecs list-clusters",
    "ecs describe-clusters --clusters shop-0",
    "events list-rules",
    "sqs list-queues",
    "cloudwatch describe-alarms",
    "logs describe-log-groups",
    "sesv2 get-account",
    "sesv2 list-email-identities",
)


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def installed(name: str, package: str, program: str) -> Path | None:
    """A program in an environment of its own in the user's cache; None, with a line that says so, where it can't be."""
    home = CACHE / name
    found = home / "bin" / program
    if not found.exists():
        say(f"installing {package} into {home} (once; some minutes)")
        venv.create(home, with_pip=True, clear=True)
        done = subprocess.run(
            [home / "bin/pip", "install", "--quiet", package], capture_output=True, text=True, check=False
        )
        if done.returncode:
            shutil.rmtree(home, ignore_errors=True)
            say(f"skipped: {package} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
            return None
    return found


def commands(endpoint: str, folder: Path) -> dict[str, list[str] | None]:
    """The command line of each peer; None for one that cannot be had here."""
    prowler = installed("prowler", "prowler", "prowler")
    custodian = installed("custodian", "c7n", "custodian")
    policies = folder / "policies.yml"
    policies.write_text(
        "policies:\n"
        + "".join(
            f"  - {{name: {kind}, resource: aws.{kind}, filters: [{rule}]}}\n"
            for kind, rule in CUSTODIAN.items()
        )
    )
    by_hand = folder / "by-hand.sh"
    aws = shutil.which("aws")
    lines = [f"{aws} {line} --endpoint-url {endpoint} --region us-east-1 --output json" for line in BY_HAND]
    by_hand.write_text("\n".join(lines) + "\n")
    return {
        "prowler": prowler
        and [
            *(str(prowler), "aws", "--region", "us-east-1", "--no-banner", "--ignore-exit-code-3"),
            *("--output-formats", "json-ocsf", "--output-directory", str(folder / "prowler")),
            *("--checks", *PROWLER),
        ],
        "custodian": custodian
        and [
            *(str(custodian), "run", "--region", "us-east-1", "--cache-period", "0"),
            *("-s", str(folder / "custodian"), str(policies)),
        ],
        "by_hand": ["sh", str(by_hand)] if aws else None,
    }
