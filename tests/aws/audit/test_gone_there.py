"""What an account lacks is lacking, whatever the files beside it promise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from launchbook.audit import requirement
from launchbook.check import evaluate
from launchbook.checklist import load
from launchbook.checks import checks
from launchbook.model import Facts, Finding
from launchbook.model.file_kinds import IN_FILES_ALONE
from launchbook.scope import in_scope
from launchbook.settle import settled
from tests.aws.audit.conftest import REGIONS, SCOPE, ask
from tests.support.estate import Deployed

LINES = load("launch-readiness").lines


def judged(facts: Facts) -> tuple[dict[tuple[str, str], set[str]], dict[str, str]]:
    """The statuses of each check and thing of the account, and those of the lines."""
    today = datetime.now(UTC).date()
    found = evaluate(checks().values(), facts, today=today, judged=in_scope(SCOPE))
    findings: dict[tuple[str, str], set[str]] = {}
    for one in found:
        findings.setdefault((one.check, one.subject), set()).add(one.status)
    kept: list[Finding] = settled(found, facts, REGIONS)
    return findings, {line.id: requirement(line, kept).status for line in LINES}


@pytest.mark.slow
def test_what_only_the_files_have_covers_nothing_of_the_account(ready: Deployed) -> None:
    whole = ask(ready).facts
    account = [one for one in whole if not one.where.file]
    gaps = [one for one in whole.gaps if not one.where.file]
    listed = whole.complete.difference(IN_FILES_ALONE)
    wrong, told = [], 0
    for kind in sorted({one.type for one in account} & listed):
        left = {id(one) for one in account if one.type != kind}
        alone = Facts([one for one in account if id(one) in left], gaps, (), listed, now=whole.now)
        beside = [one for one in whole if one.where.file or id(one) in left]
        both = Facts(beside, whole.gaps, whole.relations, whole.complete, whole.files, now=whole.now)
        (before, lines), (after, lines_after) = judged(alone), judged(both)
        for key, statuses in before.items():
            told += statuses == {"FAIL"}
            if "FAIL" in statuses and "FAIL" not in after.get(key, set()):
                wrong.append((kind, *key, statuses, after.get(key)))
        wrong += [
            (kind, name, status, lines_after[name])
            for name, status in lines.items()
            if status == "NOK" and lines_after[name] == "OK"
        ]
    assert told > 100
    assert wrong == []
