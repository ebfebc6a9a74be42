"""Remote state that is really there: the bucket and the lock table that a backend names."""

from __future__ import annotations

from launchbook.check import check
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Unread, Verdict, verdict

_PARTS = (
    ("bucket", "aws_s3_bucket", "s3:ListAllMyBuckets"),
    ("dynamodb_table", "aws_dynamodb_table", "dynamodb:ListTables"),
)


@check(
    "backend-exists",
    "The bucket and the lock table that a backend names exist",
    of="terraform_backend",
    severity="high",
    fix="Apply the root that makes them, or correct the backend's names.",
)
def backend_exists(backend: Fact, facts: Facts) -> Verdict | None:
    """A backend whose bucket is gone has lost the state, and with it what knows how to remove the platform."""
    ends: list[Evidence] = []
    missing, doubts = [], []
    for attribute, kind, action in _PARTS:
        name = backend.attributes.get(attribute)
        if name is None:
            continue
        if isinstance(name, Ref | Unread):
            doubts.append(attribute)
            continue
        if kind not in facts.complete:
            raise NotKnown(f"whether {name} exists", f"no account was asked for every {kind}", action)
        found = next((one for one in facts.of(kind) if one.name == name and not one.where.file), None)
        ends.append(backend.at(attribute))
        if found is None:
            facts.of(kind)
            missing.append(str(name))
        else:
            ends.append(found.at())
    if doubts and not missing:
        raise NotKnown(f"{', '.join(doubts)} of {backend.name}", "it is given elsewhere", "terraform init")
    if not ends:
        return None
    return verdict(not missing, f"missing: {', '.join(missing)}" if missing else "both are there", at=ends)
