"""What a platform says of itself and an account has to show: outputs, services, log groups, its own answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.door import Answer, ask, includes
from launchbook.lifecycle.made import made
from launchbook.lifecycle.platform import BACKEND_FILE, Health, Outputs, Root, Service, backend_text, places
from launchbook.lifecycle.states import unwell
from launchbook.lifecycle.steps import Work
from launchbook.model import Evidence, Fact, Facts, Finding, Status, Where, make_fact
from launchbook.settings import FILE

_SETTING = re.compile(r'^\s*(\w+)\s*=\s*"([^"]*)"', re.M)
#: Looks at a health address before it counts as not well, and seconds between two.
_TRIES, _PAUSE = 3, 1.0
_STREAM = "aws_cloudwatch_log_stream"


def outputs_present(work: Work, aws: Aws) -> list[Finding]:
    """For each root: whether it has every output that the platform's file names. Shown are names, never values.

    What a backend file beside a root says need not come from an earlier root, whose state may lie elsewhere.
    """
    outputs, roots = work.outputs(), work.platform.roots
    own = [root for root in roots if root.backend and (root.path / BACKEND_FILE).is_file()]
    wanted = places(
        replace(
            work.platform, roots=tuple(replace(root, backend="") if root in own else root for root in roots)
        )
    )
    findings = []
    for root in roots:
        there = sorted(name.partition(".")[2] for name in outputs if name.startswith(f"{root.name}."))
        missing = sorted(
            name for of, name in wanted if of == root.name and outputs.get(f"{of}.{name}") is None
        )
        instead = [one.name for one in own if f"{{{root.name}." in one.backend]
        good = not missing and bool(there or instead)
        findings.append(
            Finding(
                check="outputs-present", status="PASS" if good else "FAIL", severity="high", subject=root.name,
                why=_said(there, missing, instead),
                evidence=(Evidence(f"terraform output {root.name}", aws.level, there),),
                fix="" if good else _fix(work, root, there),
            )
        )  # fmt: skip
    return findings


def _said(there: Sequence[str], missing: Sequence[str], instead: Sequence[str]) -> str:
    if there:
        return f"missing: {', '.join(missing)}" if missing else f"{len(there)} outputs"
    if instead and not missing:
        return f"its state is not here, and {BACKEND_FILE} beside {', '.join(instead)} says all that is taken from it"
    return "it has no output: was it applied?"


def _fix(work: Work, root: Root, there: Sequence[str]) -> str:
    if there or not work.outputs() or root.name in {one.root for one in made(work)}:
        return "launchbook apply"
    return "Bring its state back if it was made elsewhere, else: launchbook apply"


def backends(work: Work, outputs: Outputs) -> Facts:
    """The backends that the platform's file names, as facts: the bucket and the lock table must exist."""
    found = []
    for root in work.platform.roots:
        if not root.backend:
            continue
        said = dict(_SETTING.findall(backend_text(root, lambda: outputs)))
        found.append(
            make_fact(
                "terraform_backend",
                id=f"{FILE}#{root.name}",
                name=f"backend of {root.name}",
                where=Where(FILE),
                attributes={key: said[key] for key in ("bucket", "dynamodb_table") if key in said},
            )
        )
    return Facts(found)


def freshest(aws: Aws, facts: Facts, work: Work, outputs: Outputs) -> Facts:
    """The facts with what each service has logged since its last rollout, asked of the log itself.

    AWS says the time of a stream's last event up to an hour late; the events themselves are there within seconds.
    """
    ours = {outputs.text(one.name): one for one in work.platform.services if one.log_group}
    fresh: list[Fact] = []
    for service in facts.seen("aws_ecs_service"):
        own, since = ours.get(service.name), service.attributes.get("deployed_at")
        if own is None or not isinstance(since, list) or not since:
            continue
        group = outputs.text(own.log_group)
        begun = max(str(one) for one in since)
        try:
            last = _event_since(aws, group, datetime.fromisoformat(begun))
        except Unanswered:
            continue  # what the collector read stands
        fresh.append(_stream(aws, service, group, last))
    read = {one.attributes["service"] for one in fresh}
    kept = [one for one in facts if one.type != _STREAM or one.attributes.get("service") not in read]
    return Facts([*kept, *fresh], facts.gaps, facts.relations, facts.complete, facts.files, facts.today)


def _event_since(aws: Aws, group: str, begun: datetime) -> int | None:
    """The time of an event of a log group since then, milliseconds; None when there is none. Raises Unanswered."""
    page: dict[str, str] = {}
    start = int((begun.astimezone(UTC) - timedelta(milliseconds=1)).timestamp() * 1000)
    while True:
        said = aws.read("logs", "filter_log_events", logGroupName=group, startTime=start, **page)
        if said["events"]:
            return max(int(event["timestamp"]) for event in said["events"])
        if not said.get("nextToken"):
            return None
        page = {"nextToken": said["nextToken"]}


def _stream(aws: Aws, service: Fact, group: str, last: int | None) -> Fact:
    return make_fact(
        _STREAM,
        id=f"{group}#{service.name}",
        name=group,
        where=service.where,
        level=aws.level,
        attributes={"service": service.id, "log_group_name": group, "last_event_at": last, "late": False},
        sources={"": aws.source("logs:FilterLogEvents")},
    )


def named(line: str, work: Work, facts: Facts, outputs: Outputs) -> Iterator[Finding]:
    """What the platform's file names and the account must have: a check of what is there can't miss what is not."""
    if line == "services":
        for service in work.platform.services:
            yield _exists("service-wanted", "aws_ecs_service", outputs.text(service.name), facts)
    if line == "logs":
        for service in work.platform.services:
            if service.log_group:
                yield _exists(
                    "log-group-named", "aws_cloudwatch_log_group", outputs.text(service.log_group), facts
                )


def _exists(check: str, kind: str, name: str, facts: Facts) -> Finding:
    found = next((one for one in facts.seen(kind) if one.name == name and _active(one)), None)
    complete = kind in facts.complete and not facts.hiding(kind)
    idle = found is not None and found.attributes.get("desired_count") == 0
    status: Status = "PASS" if found and not idle else "FAIL" if complete or idle else "UNKNOWN"
    why = (
        "it is told to run no task" if idle
        else "it is there" if found
        else f"there is no such {kind}" if complete
        else f"not every {kind} was listed"
    )  # fmt: skip
    return Finding(
        check=check, status=status, severity="critical", subject=name, why=why,
        evidence=(found.at("desired_count" if idle else ""),) if found else (),
        fix="" if status != "FAIL" else "Set its desired count." if idle else "launchbook apply",
        settle="launchbook doctor" if status == "UNKNOWN" else "",
    )  # fmt: skip


def _active(fact: Fact) -> bool:
    return fact.attributes.get("status") in (None, "ACTIVE")


def health(work: Work, aws: Aws, outputs: Outputs) -> Finding:
    """The platform's own answer at its health address, the second or third time if need be."""
    wanted = work.platform.health
    assert wanted is not None  # noqa: S101 - the step exists only with one
    url = outputs.text(wanted.url)
    emulated = work.target.endpoint is not None
    answer = ask("GET", url, emulated=emulated)
    for _ in range(_TRIES - 1):
        if _well(answer, wanted):
            break
        time.sleep(_PAUSE)
        answer = ask("GET", url, emulated=emulated)
    fine = _well(answer, wanted)
    expected = f"{wanted.status}" + (f" and {wanted.body}" if wanted.body is not None else "")
    why = answer.said if fine else f"{answer.said}; expected {expected}"
    evidence: tuple[Evidence, ...] = (
        Evidence(f"GET {url} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", aws.level, answer.said),
    )
    if not fine:
        text, more = unwell(aws, services_of(work, outputs))
        why += f"; first cause: {text}" if text else ""
        evidence += more
    return Finding(
        check="health", status="PASS" if fine else "FAIL", severity="critical", subject=url, why=why,
        evidence=evidence, fix="" if fine else "Read the first cause; ask the target group how its targets are.",
    )  # fmt: skip


def services_of(work: Work, outputs: Outputs) -> list[tuple[str, str]]:
    """Cluster and name of each service."""

    def both(service: Service) -> tuple[str, str]:
        return outputs.text(service.cluster), outputs.text(service.name)

    return [both(one) for one in work.platform.services]


def _well(answer: Answer, wanted: Health) -> bool:
    body: Any = answer.body if not isinstance(wanted.body, str) else answer.text
    return answer.status == wanted.status and (wanted.body is None or includes(body, wanted.body))
