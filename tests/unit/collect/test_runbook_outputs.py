"""Each command of the readiness runbook's section 5, pasted in every form that it can have.

``runbook_outputs.json`` holds the 30 commands with AWS's answer as the AWS CLI 1.45 prints it: whole and as the runbook
projects it, as JSON and as a table, and as text where the runbook asks for text.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from launchbook.check import evaluate
from launchbook.checks import checks
from launchbook.collect import collectors
from launchbook.collect.pasted import read_pasted
from launchbook.model import Facts, NotKnown, plain

Entry = dict[str, Any]
ENTRIES: list[Entry] = json.loads(Path(__file__).with_name("runbook_outputs.json").read_text("utf-8"))
ALL = list(collectors().values())
FORMS = [(entry, form) for entry in ENTRIES for form in entry["forms"]]
IDS = [f"{' '.join(entry['command'].split()[1:3])}-{form}".replace(" ", "-") for entry, form in FORMS]


def read(text: str) -> Facts:
    return read_pasted({"paste.txt": text}, ALL, datetime(2026, 1, 2, tzinfo=UTC))


def pasted(entry: Entry, form: str) -> str:
    command, output = entry["forms"][form]
    return f"me@laptop ~ % {command}\n{output}\n"


def shown(entry: Entry, form: str) -> str:
    """The command with its output, behind the listing that it needs in the same form."""
    before = (
        [one for one in ENTRIES if one["command"].startswith(f"aws {entry['after']} ")]
        if entry["after"]
        else []
    )
    return "".join(shown(one, form) for one in before[:1]) + pasted(entry, form)


def value(fact: Any, name: str) -> object:
    try:
        return plain(fact.get(name))
    except NotKnown as unknown:
        return f"unread: {unknown}"


def wrong(facts: Facts, expected: list[tuple[str, str, dict[str, object]]]) -> list[str]:
    """What is not as expected, in words."""
    said = []
    for kind, name, attributes in expected:
        found = [fact for fact in facts.seen(kind) if fact.name == name]
        if not found:
            said.append(
                f"no {kind} {name} among {[fact.name for fact in facts.seen(kind)]}; {facts.gaps[:3]}"
            )
        for fact in found[:1]:
            values = {key: value(fact, key) for key in attributes}
            said += [f"{name}: {values} instead of {attributes}"] if values != attributes else []
    return said


@pytest.mark.parametrize(("entry", "form"), FORMS, ids=IDS)
def test_a_command_of_the_runbook_gives_its_facts_in_this_form(entry: Entry, form: str) -> None:
    facts = read(shown(entry, form))
    if form == "as AWS answers":
        (queue,) = facts.seen("aws_sqs_queue")
        assert "InvalidAttributeName" in str(value(queue, "messages"))
    assert wrong(facts, entry["expect"]) == []
    assert "planted" not in str([fact.attributes for fact in facts])


@cache
def whole(form: str) -> Facts:
    """The whole section, pasted as one text: each output in this form, or in the only one it has."""
    texts = [pasted(one, form if form in one["forms"] else next(iter(one["forms"]))) for one in ENTRIES]
    return read("\nsome words of the person who ran it\n".join(texts))


@pytest.mark.parametrize("form", ["raw json", "raw table", "projected json", "projected table"])
def test_the_whole_section_in_one_text_gives_every_fact(form: str) -> None:
    facts = whole(form)
    assert [said for entry in ENTRIES for said in wrong(facts, entry["expect"])] == []


def in_order(value: object) -> str:
    """A value in words; a table shows what an object holds in an order of its own."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)


def test_every_form_of_the_section_says_the_same_or_less() -> None:
    """No form contradicts another: an attribute that two of them show has one value."""
    held: dict[tuple[str, str, str], str] = {}
    differing = []
    for form in ("raw json", "raw table", "projected json", "projected table"):
        for fact in whole(form):
            for name in fact.attributes:
                said = in_order(value(fact, name))
                if said.startswith("unread") or said == "None" or name == "arn_suffix":
                    continue
                key = (fact.type, f"{fact.name} {fact.where.region}", name)
                if held.setdefault(key, said) != said and "unread" not in said + held[key]:
                    differing.append((form, key, said, held[key]))
    assert differing == []


def test_what_the_runbook_filters_is_never_taken_for_all() -> None:
    facts = whole("projected table")
    for kind in (
        "aws_db_instance",
        "aws_elasticache_replication_group",
        "aws_cloudwatch_event_rule",
        "aws_iam_role",
    ):
        with pytest.raises(NotKnown, match="kept a part"):
            facts.of(kind)


@pytest.mark.parametrize(("entry", "form"), FORMS, ids=IDS)
def test_cut_off_anywhere_it_is_a_gap_and_never_a_crash_or_another_value(entry: Entry, form: str) -> None:
    command, output = entry["forms"][form]
    expected = {(kind, name): attributes for kind, name, attributes in entry["expect"]}
    for part in (0.2, 0.5, 0.8, 0.95):
        cut = output[: int(len(output.rstrip()) * part)]
        facts = read(f"$ {command}\n{cut}\n$ exit")
        for fact in facts:
            for name, want in expected.get((fact.type, fact.name), {}).items():
                said = value(fact, name)
                lists = isinstance(want, list) and isinstance(said, list)
                assert said == want or lists or str(said).startswith("unread") or said is None, (
                    name,
                    said,
                    want,
                )


def test_the_projected_databases_settle_what_a_replica_would_not_change() -> None:
    """The runbook's own query has no column that tells replicas: it says which, where that matters."""
    command = (
        "aws rds describe-db-instances --region us-east-1 "
        "--query 'DBInstances[].{id:DBInstanceIdentifier,multiAZ:MultiAZ,backupRetention:BackupRetentionPeriod}'"
    )
    rows = [
        {"id": "good", "multiAZ": True, "backupRetention": 7},
        {"id": "bad", "multiAZ": False, "backupRetention": 1},
    ]
    facts = read(f"$ {command}\n{json.dumps(rows)}\n")
    for name in ("rds-multi-az", "rds-backup-retention"):
        found = {one.subject: one for one in evaluate([checks()[name]], facts, today=date(2026, 1, 2))}
        assert {subject: one.status for subject, one in found.items()} == {"good": "PASS", "bad": "UNKNOWN"}
        assert "ReadReplicaSourceDBInstanceIdentifier" in found["bad"].why


def test_a_sandbox_says_so_by_itself() -> None:
    facts = read('$ aws sesv2 get-account --region us-east-1\n{"ProductionAccessEnabled": false}\n')
    found = evaluate([checks()["ses-production-access"]], facts, today=date(2026, 1, 2))
    assert [one.status for one in found] == ["FAIL"]
