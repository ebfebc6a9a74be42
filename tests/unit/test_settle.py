"""What an account settles of what the files left open, and what it does not: an unknown is never dropped into an OK."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchbook.model import Fact, Facts, Finding, Status, Where, make_fact
from launchbook.settle import settled

KIND = "aws_db_instance"


def fact(name: str, *, file: bool, address: bool = False) -> Fact:
    where = Where("main.tf", 3) if file else Where(account="1", region="eu-west-1")
    identity = f"main.tf#{name if address else 'aws_db_instance.' + name}" if file else f"arn:{name}"
    return make_fact(KIND, id=identity, name=name, where=where, level="static" if file else "live")


def finding(status: Status, subject: Fact, check: str = "rds-snapshot-fresh") -> Finding:
    return Finding(check=check, status=status, severity="high", subject=subject.id, why="because")


def left(facts: list[Fact], findings: list[Finding], complete: bool = True) -> list[str]:
    held = Facts(facts, complete=[KIND] if complete else [])
    return [one.subject for one in settled(findings, held) if one.status == "UNKNOWN"]


def test_what_the_account_shows_under_the_same_name_settles_the_files() -> None:
    declared, there = fact("shop", file=True), fact("shop", file=False)
    assert left([declared, there], [finding("UNKNOWN", declared), finding("PASS", there)]) == []


def test_what_is_declared_and_not_there_stays_unknown() -> None:
    declared, other = fact("shop", file=True), fact("blog", file=False)
    assert left([declared, other], [finding("UNKNOWN", declared), finding("PASS", other)]) == [declared.id]


@pytest.mark.parametrize("address", [False, True], ids=["its own name", "a name of AWS's"])
def test_what_looks_good_in_files_alone_and_is_not_in_the_account_is_unknown(address: bool) -> None:
    declared = fact("shop", file=True, address=address)
    (told,) = settled([finding("PASS", declared)], Facts([declared], complete=[KIND]), ["eu-west-1"])
    assert told.status == "UNKNOWN"
    assert "the account has no" in told.why
    assert "eu-west-1" in told.why


def test_what_looks_good_in_files_alone_stays_where_no_account_was_read() -> None:
    declared = fact("shop", file=True)
    (told,) = settled([finding("PASS", declared)], Facts([declared]), [])
    assert told.status == "PASS"


def test_a_listing_that_was_cut_off_settles_nothing() -> None:
    declared, there = fact("shop", file=True), fact("shop", file=False)
    both = [finding("UNKNOWN", declared), finding("PASS", there)]
    assert left([declared, there], both, complete=False) == [declared.id]


def test_another_check_s_verdict_settles_nothing() -> None:
    declared, there = fact("shop", file=True), fact("shop", file=False)
    both = [finding("UNKNOWN", declared), finding("PASS", there, check="rds-multi-az")]
    assert left([declared, there], both) == [declared.id]


def test_a_check_that_does_not_apply_there_settles_nothing() -> None:
    declared, there = fact("shop", file=True), fact("shop", file=False)
    assert left([declared, there], [finding("UNKNOWN", declared), finding("NOT_APPLICABLE", there)]) == [
        declared.id
    ]


def test_names_that_aws_chooses_settle_each_other_only_all_at_once() -> None:
    declared = [fact(name, file=True, address=True) for name in ("Main", "Spare")]
    there = fact("db-1", file=False)
    findings = [*(finding("UNKNOWN", one) for one in declared), finding("PASS", there)]
    assert left([*declared, there], findings) == [one.id for one in declared]
    spare = fact("db-2", file=False)
    assert left([*declared, there, spare], [*findings, finding("PASS", spare)]) == []


STATUSES = st.sampled_from(["PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"])
NAMES = st.sampled_from(["shop", "blog", "Shop", "api"])


@given(
    declared=st.lists(st.tuples(NAMES, st.booleans(), STATUSES), max_size=4, unique_by=lambda one: one[0]),
    there=st.lists(st.tuples(NAMES, STATUSES), max_size=4, unique_by=lambda one: one[0]),
    complete=st.booleans(),
)
def test_a_dropped_unknown_never_makes_a_line_ok(
    declared: list[tuple[str, bool, Status]], there: list[tuple[str, Status]], complete: bool
) -> None:
    files = [(fact(name, file=True, address=address), status) for name, address, status in declared]
    account = [(fact(name, file=False), status) for name, status in there]
    facts = Facts([one for one, _ in files + account], complete=[KIND] if complete else [])
    kept = settled([finding(status, one) for one, status in files + account], facts)
    dropped = [one for one, _ in files if one.id not in {each.subject for each in kept}]
    # Nothing but an UNKNOWN of the files goes, and of the account nothing at all.
    assert {one.id for one, _ in account} <= {each.subject for each in kept}
    assert all(status == "UNKNOWN" for one, status in files if one in dropped)
    # What went was judged there: by name, or as one of at least as many.
    judged = [one for one, status in account if status != "NOT_APPLICABLE"]
    for one in dropped:
        assert complete
        by_name = [each for each in judged if each.name.lower() == one.name.lower()]
        unnamed = [each for each, _ in files if each.id.endswith(f"#{each.name}")]
        assert by_name or (one in unnamed and len(judged) >= len(unnamed))
