"""Which resources of an account belong to the system that is judged: other people's are counted, never judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from launchbook.model import Fact, Unread

#: Facts of the account as a whole: they belong to every system in it.
ACCOUNT_WIDE = ("iam_account_summary", "aws_iam_user", "aws_iam_access_key", "ses_account", "aws_backup_plan")
#: Attributes that name what a resource belongs to, or the public name that it answers to.
OWNERS = (
    *(
        "app_name",
        "aliases",
        "origins",
        "domain_name",
        "fqdn",
        "cluster",
        "load_balancer_arn",
        "load_balancer_arns",
    ),
    *(
        "db_instance_identifier",
        "replication_group_id",
        "topic_arn",
        "rule",
        "role",
        "log_group_name",
        "resource_id",
    ),
)
#: What every account has, whatever it is for.
OF_EVERYBODY = (*ACCOUNT_WIDE, "aws_caller_identity")
#: What was seen of resources, and is none itself: it is never judged, and so never counted as somebody else's.
SEEN_OF_OTHERS = ("cloudwatch_data", "cloudwatch_history")


def _belongs_to(fact: Fact) -> Iterator[str]:
    """The names of what a resource is a part of, or is reached under: many have no name of their own."""
    for name in OWNERS:
        value = fact.attributes.get(name)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _owner_unread(fact: Fact) -> bool:
    """Whether an account was asked what a resource belongs to, and did not say: it may well be ours. Of what was pasted
    much is unread, and its name decides."""
    if fact.level not in ("live", "emulated"):
        return False
    held = [fact.attributes.get(name) for name in OWNERS]
    return any(
        isinstance(one, Unread) for value in held for one in (value if isinstance(value, list) else [value])
    )


def in_scope(scope: Sequence[str]) -> Callable[[Fact], bool]:
    """Whether a fact belongs to what is judged: it, or what it belongs to, is called by one of the words, or
    it is the whole account's."""
    words = [word.lower() for word in scope]

    def judged(fact: Fact) -> bool:
        if fact.where.file or not words or fact.type in ACCOUNT_WIDE:
            return True
        said = " ".join([fact.name, fact.id, *_belongs_to(fact)]).lower()
        return any(word in said for word in words) or _owner_unread(fact)

    return judged
