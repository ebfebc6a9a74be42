"""What a finding is of, in a word: many reasons make no sense without it (``one zone``: which?)."""

from __future__ import annotations

import re

from launchbook.model import Finding, Requirement

_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:(?!targetgroup|loadbalancer)[\w-]+[:/])?(?P<name>.+)")
#: An address in a file: Terraform's, with its module's, CloudFormation's, or one of a part that the file names.
_ADDRESS = re.compile(r".*#(?P<name>(?:[\w.\[\]\"-]*\.)?[A-Za-z_][\w-]*(?:\[[^\]]*\])?|\w+/[\w-]+)")
#: Addresses of the file itself.
_WHOLE = ("amplify", "buildspec", "dependencies", "dockerfile", "template", "terraform", "workflow")


def subject_of(finding: Finding) -> str:
    """The name of what a finding is of; empty where its place says as much, or where it is of a whole kind."""
    match = _ARN.fullmatch(finding.subject) or _ADDRESS.fullmatch(finding.subject)
    name = re.sub(r"aws_\w+\.", "", match["name"]) if match else ""
    return "" if name in _WHOLE or name in finding.why else name


def said(finding: Finding) -> str:
    """Why a finding is what it is, with what it is of before it."""
    name = subject_of(finding)
    return f"{name}: {finding.why}" if name else finding.why


def place_of(finding: Finding) -> str:
    """Where its first evidence is. Of an account, the call and the region: which account and when, the report says."""
    source = finding.evidence[0].source if finding.evidence else finding.subject
    asked = re.fullmatch(r"([\w-]+:\w+) (\S+) .+ \d{4}-\d\d-\d\dT[\d:]+Z", source)
    return f"{asked[1]} {asked[2]}" if asked else source


#: The command that reads the account, and a permission alone: what that reads with.
LIVE = "launchbook audit --live"
_PERMISSION = re.compile(r"[\w-]+:\w+")


def settling(one: Requirement) -> list[str]:
    """What would settle a line. That the account would is said once, with the permissions that it takes."""
    needed = [settle for settle in one.settle if _PERMISSION.fullmatch(settle)]
    live = any(settle.startswith(LIVE) for settle in one.settle)
    more = f" and {len(needed) - 1} more" if needed[1:] else ""
    told = [f"{LIVE}   (it needs {needed[0]}{more})"] if needed else [LIVE] if live else []
    return told + [settle for settle in one.settle if not (settle.startswith(LIVE) or settle in needed)]
