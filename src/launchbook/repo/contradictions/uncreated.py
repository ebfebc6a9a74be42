"""Documents that name a queue, topic, bucket or alarm which nothing here creates, where others of its kind are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from launchbook.model import Fact, Facts, Finding
from launchbook.repo.contradictions._ends import claims, differing, end, spoken

_KINDS = {
    "queue": "aws_sqs_queue",
    "topic": "aws_sns_topic",
    "bucket": "aws_s3_bucket",
    "alarm": "aws_cloudwatch_metric_alarm",
}
#: Things of the kind that are shown beside the one that is only told of.
_BESIDE = 3


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each name once, with every page that tells of it and what there is instead."""
    told: dict[tuple[str, str], list[Fact]] = {}
    for claim in claims(facts, "named"):
        kinds = [kind for kind in _KINDS if {kind, f"{kind}s"} & spoken(claim)]
        if len(kinds) == 1:  # a sentence of several leaves open which of them the name is for
            told.setdefault((kinds[0], str(claim.attributes.get("value"))), []).append(claim)
    if not told:
        return
    known = {_plain(part) for fact in facts if fact.type != "claim" for part in _names(fact)}
    for (kind, name), pages in told.items():
        created = [fact for fact in facts.seen(_KINDS[kind]) if fact.origin == "source"]
        if created and all(_name_read(fact) for fact in created) and not _meant(name, created, known):
            ends = [end(page, "", name) for page in pages]
            ends += [end(fact, "name", fact.name) for fact in created[:_BESIDE]]
            why = f"a document tells of the {kind} {name}, which nothing in these files creates"
            yield differing("uncreated", why, f"{kind} {name}", ends)


def _names(fact: Fact) -> tuple[str, str]:
    return fact.name, fact.id.partition("#")[2].rpartition(".")[2]


def _name_read(fact: Fact) -> bool:
    """Whether a name is known, or left to AWS: with one that was not read, any name may be created here."""
    given = [
        fact.attributes.get(key) for key in ("name", "bucket", "alarm_name", "name_prefix", "bucket_prefix")
    ]
    return all(value is None or isinstance(value, str) for value in given) and "${" not in fact.name


def _meant(name: str, created: Sequence[Fact], known: Collection[str]) -> bool:
    """Whether anything has the name, with an environment around it in the files or on the page."""
    plain = _plain(name)
    return any(plain in one for one in known) or any(_plain(fact.name) in plain for fact in created)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
