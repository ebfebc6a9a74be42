"""Whose a thing of our name is, as far as a verification asks: other people's are counted, never judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.inventory.before import load_before
from launchbook.lifecycle.made import made
from launchbook.lifecycle.steps import Work
from launchbook.model import Fact

_NAMED = 3


@dataclass(frozen=True)
class Others:
    """``ours`` are the ids and names that states held; ``before`` type and name of what was there before the first
    apply; ``tagged`` by ARN which tag makes a thing somebody else's."""

    ours: frozenset[str] = frozenset()
    before: frozenset[tuple[str, str]] = frozenset()
    tagged: Mapping[str, str] | None = None

    def why(self, fact: Fact) -> str:
        """Why a thing is somebody else's whatever it is called; empty when nothing says so."""
        own = {fact.id, fact.name, str(fact.attributes.get("arn") or "")} - {""}
        if own & self.ours:
            return ""
        tag = next((self.tagged[one] for one in sorted(own) if one in self.tagged), "") if self.tagged else ""
        if tag:
            return f"tagged {tag}"
        return "there before the first apply" if any((fact.type, one) in self.before for one in own) else ""

    def judged(self, scope: Callable[[Fact], bool]) -> Callable[[Fact], bool]:
        """A scope without what is somebody else's."""
        return lambda fact: scope(fact) and not self.why(fact)

    def said(self, facts: Iterable[Fact], scope: Callable[[Fact], bool]) -> str:
        """What of these goes by our names and is not judged, in words; empty when nothing is."""
        found = sorted({f"{one.name} ({why})" for one in facts if scope(one) and (why := self.why(one))})
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        return f"not judged, though named like it: {', '.join(found[:_NAMED])}{more}" if found else ""


def others_of(work: Work, aws: Aws) -> Others:
    """What this home and the tagging service know of other people's things. What can't be asked tells nothing."""
    held = made(work)
    kept = load_before(work.home.state(work.target.key))
    return Others(
        ours=frozenset(text for one in held for text in (one.id, one.arn, one.name) if text),
        before=frozenset(_typed(key) for key in kept.keys) if kept else frozenset(),
        tagged=dict(_foreign(work, aws)),
    )


def _typed(key: str) -> tuple[str, str]:
    """Type and name of an inventory's ``type region id``."""
    kind, _, own = key.split(" ", 2)
    return kind, re.split("[/:]", own)[-1] if own.startswith(("arn:", "http")) else own


def _foreign(work: Work, aws: Aws) -> Iterable[tuple[str, str]]:
    """The ARNs of a region that carry another value of one of the platform's tags, and which."""
    page: dict[str, str] = {}
    wanted = work.platform.tags
    while wanted:
        try:
            said = aws.read("resourcegroupstaggingapi", "get_resources", **page)
        except Unanswered:
            return
        for one in said["ResourceTagMappingList"]:
            tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            wrong = [name for name, value in wanted.items() if tags.get(name, value) != value]
            if wrong:
                yield one["ResourceARN"], f"{wrong[0]}={tags[wrong[0]]}"
        if not said.get("PaginationToken"):
            return
        page = {"PaginationToken": said["PaginationToken"]}
