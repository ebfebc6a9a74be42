"""The two examples with their accounts: what can be told is told, and the ready one is found to be ready."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from launchbook.cli.audit import command
from launchbook.collect import collectors
from launchbook.local import control
from launchbook.model import Finding
from tests.aws.audit.conftest import ask, lines
from tests.aws.audit.test_reads import READS, signing_name
from tests.support.estate import Deployed

#: Only a record of a drill or of a load test, by a program that did it, makes these OK.
DEEDS = {"recovery": "restore-drill", "multi-az": "failover-drill", "load-test": "load-test-result"}


def unknown(findings: tuple[Finding, ...]) -> set[str]:
    return {one.check for one in findings if one.status == "UNKNOWN"}


def test_the_ready_account_is_ok_but_for_the_deeds(ready: Deployed) -> None:
    answer = ask(ready)
    assert [(one.check, one.subject, one.why) for one in answer.report.findings if one.status == "FAIL"] == []
    assert {name for name, status in lines(answer).items() if status != "OK"} == set(DEEDS)
    for one in answer.report.requirements:
        assert unknown(one.findings) == ({DEEDS[one.id]} if one.id in DEEDS else set())
    assert answer.report.gaps == ()


def test_every_line_of_the_planted_account_is_told_but_the_deeds(planted: Deployed) -> None:
    answer = ask(planted)
    told = lines(answer)
    assert {name for name, status in told.items() if status == "TODO"} == {"recovery", "load-test"}
    assert {status for name, status in told.items() if name not in ("recovery", "load-test")} == {"NOK"}
    assert {one.where.file for one in answer.report.gaps} <= {
        "config/grafana-dashboard-golden-signals.json",
        "infra/cdk/cdk.json",
    }


def test_a_rehearsal_says_what_it_is_and_is_never_go(ready: Deployed) -> None:
    said = CliRunner().invoke(command, [str(ready.path), "--endpoint-url", ready.endpoint])
    first = "\n".join(said.stdout.splitlines()[:6])
    assert first.startswith("NO-GO")
    assert "embedded AWS (a rehearsal: it proves nothing of a real account)" in first
    assert "123456789012" in first
    assert "static to emulated" in said.stdout
    assert said.exit_code == 3


@pytest.mark.parametrize("which", ["ready", "planted"])
def test_an_audit_leaves_only_declared_reads_in_the_request_log(
    which: str, request: pytest.FixtureRequest
) -> None:
    deployed: Deployed = request.getfixturevalue(which)
    ask(deployed)
    log = [one for one in control.ask(deployed.instance, "requests") if "launchbook-audit" in one["agent"]]
    asked = {(one["service"], one["operation"]) for one in log}
    declared = {
        (name, operation) for service, operation in READS for name in (service, signing_name(service))
    }
    assert len(asked) > 50
    assert asked <= declared


def test_one_audit_asks_each_call_once(ready: Deployed) -> None:
    before = len(control.ask(ready.instance, "requests"))
    ask(ready, files=False)
    log = control.ask(ready.instance, "requests")[before:]
    listings = [(one["operation"], one["region"]) for one in log if one["operation"] in FIRST]
    assert listings
    assert len(listings) == len(set(listings))


#: Listings with which more than one collector begins.
FIRST = {"ListClusters", "ListRoles", "ListUsers", "DescribeRepositories", "ListDistributions", "ListApps"}


def test_every_kind_is_listed_to_its_end(ready: Deployed) -> None:
    answer = ask(ready, files=False)
    assert {one.kind for one in collectors().values()} <= answer.facts.complete
    assert answer.report.gaps == ()
