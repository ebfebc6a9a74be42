"""A platform as its runbook expects it: a state store that holds, logs that exist, images one can name."""

from __future__ import annotations

import re

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._pointing import beside, elsewhere
from launchbook.checks._shapes import field, first, known, listed, of_account, switched_on, words
from launchbook.model import Evidence, Fact, Facts, Ref, Verdict, verdict


def _of_state(bucket: Fact, facts: Facts) -> bool:
    named = {one.attributes.get("bucket") for one in facts.seen("terraform_backend")}
    return bucket.name in named or re.search(r"tfstate|terraform-state", bucket.name) is not None


@check(
    "state-bucket-versioned",
    "The state bucket keeps versions",
    of="aws_s3_bucket",
    severity="high",
    fix="Enable versioning on the state bucket.",
)
def state_versioned(bucket: Fact, facts: Facts) -> Verdict | None:
    """A state that was overwritten is restored from its version, or not at all."""
    if not _of_state(bucket, facts):
        return None
    on, ends = _companion(bucket, "versioning", "aws_s3_bucket_versioning", "versioning_configuration", facts)
    return verdict(on, "it does" if on else "it does not", at=ends)


@check(
    "state-bucket-encrypted",
    "The state bucket is encrypted",
    of="aws_s3_bucket",
    severity="high",
    fix="Set default encryption on the state bucket.",
)
def state_encrypted(bucket: Fact, facts: Facts) -> Verdict | None:
    """State holds every value in plain text."""
    if not _of_state(bucket, facts):
        return None
    kind = "aws_s3_bucket_server_side_encryption_configuration"
    name = "encryption" if "encryption" in bucket.attributes else "server_side_encryption_configuration"
    own = known(bucket.attributes.get(name), f"the encryption of {bucket.name}")
    if own:
        return verdict(True, "it is", at=[bucket.at(name)])
    apart = beside(facts, kind, "bucket", bucket)
    for one in apart.found or apart.settled():
        return verdict(True, "it is", at=[bucket.at(), one.at("rule")])
    if bucket.declared:
        absent(facts, bucket, kind)
    return verdict(False, "no rule of its own", at=[bucket.at(name)])


@check(
    "state-bucket-private",
    "The state bucket shuts the public out",
    of="aws_s3_bucket",
    severity="critical",
    fix="Set all four switches of the bucket's public access block.",
)
def state_private(bucket: Fact, facts: Facts) -> Verdict | None:
    """One wrong policy, and every secret of the platform is public."""
    if not _of_state(bucket, facts):
        return None
    holder, block = bucket, dict(bucket.attributes)
    apart = beside(facts, "aws_s3_bucket_public_access_block", "bucket", bucket)
    for one in apart.found or apart.settled():
        holder, block = one, dict(one.attributes)
    nested = first(bucket.attributes.get("public_access_block_configuration"))
    if holder is bucket and nested:
        block = nested
    if holder is bucket and bucket.declared and not nested:
        absent(facts, bucket, "aws_s3_bucket_public_access_block")
    off = [name for name in _SWITCHES if not switched_on(known(block.get(name), f"{name} of {bucket.name}"))]
    return verdict(
        not off, f"off: {', '.join(off)}" if off else "all four are on", at=[bucket.at(), holder.at()]
    )


_SWITCHES = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def _companion(bucket: Fact, own: str, kind: str, path: str, facts: Facts) -> tuple[bool, list[Evidence]]:
    """Whether a switch of a bucket is on, in the bucket itself or in the resource beside it; with both ends."""
    block = first(known(bucket.attributes.get(own), f"{own} of {bucket.name}"))
    if block:
        return switched_on(known(block.get("enabled"), f"{own} of {bucket.name}")), [bucket.at(own)]
    apart = beside(facts, kind, "bucket", bucket)
    for one in apart.found or apart.settled():
        status = known(first(one.get(path)).get("status"), f"{own} of {bucket.name}")
        return switched_on(status), [bucket.at(), one.at(path)]
    absent(facts, bucket, kind)
    return False, [bucket.at(own)]


@check(
    "lock-table-active",
    "The lock table is active",
    of="aws_dynamodb_table",
    severity="high",
    fix="Create the table that the backend names, with the key LockID.",
)
def lock_table(table: Fact, facts: Facts) -> Verdict | None:
    """Without the table every plan and apply stops."""
    named = {one.attributes.get("dynamodb_table") for one in facts.seen("terraform_backend")}
    if table.name not in named and not re.search(r"lock", table.name):
        return None
    if table.declared:
        return verdict(
            table.get("hash_key") == "LockID",
            f"its key is {table.get('hash_key')}",
            at=[table.at("hash_key")],
        )
    status = table.get("status")
    return verdict(status == "ACTIVE", f"it is {status}", at=[table.at("status")])


@check(
    "lb-active",
    "Every load balancer is active",
    of="aws_lb",
    severity="critical",
    fix="Read the load balancer's state reason.",
)
def balancer_active(balancer: Fact, facts: Facts) -> Verdict | None:
    """Only an account can tell."""
    of_account(balancer, "elasticloadbalancing:DescribeLoadBalancers")
    state = balancer.get("state")
    return verdict(state == "active", f"it is {state}", at=[balancer.at("state")])


@check(
    "rds-available",
    "Every database is available",
    of="aws_db_instance",
    severity="critical",
    fix="Read the instance's events.",
)
def database_available(database: Fact, facts: Facts) -> Verdict | None:
    """Only an account can tell."""
    of_account(database, "rds:DescribeDBInstances")
    status = database.get("status")
    fine = status in ("available", "backing-up", "storage-optimization", "maintenance")
    return verdict(fine, f"it is {status}", at=[database.at("status")])


@check(
    "log-group-exists",
    "Every container's log group exists",
    of="aws_ecs_task_definition",
    severity="high",
    fix="Create the log group that the container names: a task whose group is missing does not start.",
)
def log_group(definition: Fact, facts: Facts) -> Verdict | None:
    """The first thing one asks for at night is the log."""
    ends = []
    for index, container in enumerate(
        listed(known(definition.get("container_definitions"), "the containers"))
    ):
        pointer = field(container, "logConfiguration", "options", "awslogs-group")
        if pointer is None:
            continue
        here = definition.at(f"container_definitions.{index}.logConfiguration.options.awslogs-group")
        known(pointer, f"the log group of {definition.name}")
        groups = facts.seen("aws_cloudwatch_log_group")
        found = [one for one in groups if pointer in (one.name, one.id) and not elsewhere(one, definition)]
        target = found[0] if found else facts.find(pointer) if isinstance(pointer, Ref) else None
        if target is None:
            absent(facts, definition, "aws_cloudwatch_log_group")
            return verdict(False, f"there is no group {pointer}", at=[here])
        region = field(container, "logConfiguration", "options", "awslogs-region")
        if (
            not definition.declared
        ):  # in files it is mostly the region that they are deployed in, whichever that is
            known(region, f"the region of the logs of {definition.name}")
        if (
            isinstance(region, str)
            and _REGION.fullmatch(target.where.region)
            and region != target.where.region
        ):
            why = f"it writes to {target.name} in {region}, and that is in {target.where.region}"
            return verdict(False, why, at=[here, target.at()])
        ends += [here, target.at()]
    return verdict(True, "it does", at=ends) if ends else None


_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


@check(
    "image-tagged-with-commit",
    "Every repository's newest image carries a commit's SHA",
    of="aws_ecr_repository",
    severity="medium",
    fix="Push each image under its commit's SHA, beside the stable tag.",
)
def image_tagged(repository: Fact, facts: Facts) -> Verdict | None:
    """Only a name that never moves says what runs."""
    if repository.declared:
        return None
    newest = _newest(repository, facts)
    if newest is None:
        absent(facts, repository, "ecr_image")
        return verdict(False, "it holds no image", at=[repository.at()])
    tags = words(newest.get("tags"))
    fine = any(re.fullmatch(r"(?:sha-)?[0-9a-f]{7,40}", tag) for tag in tags)
    return verdict(fine, ", ".join(tags) or "no tag", at=[repository.at(), newest.at("tags")])


@check(
    "image-stable-tag",
    "Every repository's stable tag is on its newest image",
    of="aws_ecr_repository",
    severity="medium",
    fix="Move the stable tag to the digest that was released.",
)
def image_stable(repository: Fact, facts: Facts) -> Verdict | None:
    """The stable tag and the commit's SHA name one digest, or the wrong one runs after the next restart."""
    if repository.declared:
        return None
    newest = _newest(repository, facts)
    if newest is None:
        absent(facts, repository, "ecr_image")
        return verdict(False, "it holds no image", at=[repository.at()])
    fine = bool({"stable", "latest", "production", "prod", "main", "master"} & set(words(newest.get("tags"))))
    return verdict(
        fine, ", ".join(words(newest.get("tags"))) or "no tag", at=[repository.at(), newest.at("tags")]
    )


def _newest(repository: Fact, facts: Facts) -> Fact | None:
    own = [one for one in facts.seen("ecr_image") if one.attributes.get("repository") == repository.name]
    return max(own, key=lambda one: str(one.attributes.get("pushed_at")), default=None)
