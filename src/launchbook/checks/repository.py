"""What should not lie in a repository, and what should: state, secrets, sources that exist, files that parse."""

from __future__ import annotations

from collections.abc import Mapping

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._shapes import first, known, pick, some, words
from launchbook.model import Document, Fact, Facts, NotKnown, Unread, Value, Verdict, verdict


@check(
    "secrets-in-repository",
    "No file of the repository holds secrets",
    of=Document,
    severity="critical",
    fix="Remove the file, rewrite history if it was ever pushed, and rotate each secret in it.",
)
def secrets_in_repository(document: Document, facts: Facts) -> Verdict | None:
    """What was committed once is in every clone; only rotation helps. A repository of which every file was looked at,
    by its name and its text, holds none; what its history holds is not read, and not what this line asks."""
    if document.kind == "repository":
        return _searched(document, facts)
    if document.kind != "secrets":
        return None
    return verdict(False, str(document.attributes.get("why") or "it holds secrets"), at=[document.at()])


def _searched(repository: Document, facts: Facts) -> Verdict | None:
    """Whether nothing was found where everything was looked at; None where each finding speaks for itself."""
    if any(one.kind == "secrets" for one in facts.seen(Document)):
        return None
    unread = words(repository.get("unread"))
    if unread:
        why = f"{unread[0]} was not read" + (f", and {len(unread) - 1} more" if unread[1:] else "")
        raise NotKnown("whether a file holds a secret", why, "make it readable, or smaller, and audit again")
    unhidden(facts, repository, "document")
    why = f"{repository.get('files')} files by their names, {repository.get('texts')} by their text; history not read"
    return verdict(True, why, at=[repository.at("files"), repository.at("texts")])


@check(
    "state-in-repository",
    "No Terraform state lies in the repository",
    of="terraform_state",
    severity="critical",
    fix="Move the state to a remote backend with a lock, remove the file from history, rotate what it held.",
)
def state_in_repository(state: Fact, facts: Facts) -> Verdict | None:
    """State holds every value of every resource in plain text."""
    return verdict(
        False, f"{state.attributes.get('resources')} resources with their values", at=[state.at("version")]
    )


@check(
    "remote-state",
    "Every Terraform root keeps its state remotely, with a lock",
    of="terraform_root",
    severity="high",
    fix="Declare an S3 backend with a lock (use_lockfile or a DynamoDB table).",
)
def remote_state(root: Fact, facts: Facts) -> Verdict | None:
    """Local state is lost with its machine, and two applies at once break it."""
    block = first(known(root.get("backend"), f"the backend of {root.name}"))
    kind = str(known(block.get("type"), f"the backend of {root.name}"))
    if not block:
        if _makes_backend(root, facts):
            return None
        unhidden(facts, root, "aws_s3_bucket", "terraform_backend")
        return verdict(False, "it has no backend", at=[root.at("backend")])
    if kind not in _REMOTE:
        return verdict(False, f"its backend is {kind}", at=[root.at("backend")])
    if kind != "s3" or _locks(block):
        return verdict(True, "it does", at=[root.at("backend")])
    rest = _given_apart(root, facts)
    if not rest:
        if "bucket" not in block or isinstance(block["bucket"], Unread):
            why = "the rest is given by -backend-config, and no such file is beside it"
            raise NotKnown(f"the backend of {root.name}", why, "terraform init -backend-config=FILE")
        return verdict(False, "it has no lock", at=[root.at("backend")])
    locked = pick(rest, lambda one: _locks(one.attributes))
    open_ = [one for one in rest if one not in locked.settled()]
    if not open_:
        unhidden(facts, root, "terraform_backend")
    ends = [root.at("backend"), *(one.at() for one in open_ or rest)]
    return verdict(not open_, f"{open_[0].where.file} gives no lock" if open_ else "it does", at=ends)


def _locks(values: Mapping[str, Value]) -> bool:
    names = ("dynamodb_table", "use_lockfile")
    return some([values.get(name) for name in names], lambda one: bool(known(one, "the lock of a backend")))


def _given_apart(root: Fact, facts: Facts) -> list[Fact]:
    """The files for ``terraform init -backend-config`` that lie beside a root, or below it (one an environment)."""
    folder = root.where.file.rpartition("/")[0]
    start = f"{folder}/" if folder else ""
    return [
        one
        for one in facts.seen("terraform_backend")
        if one.where.file.startswith(start) and not one.where.file.endswith(".tf")
    ]


_REMOTE = ("s3", "remote", "cloud", "gcs", "azurerm", "http", "pg", "consul", "kubernetes", "oss", "cos")


def _makes_backend(root: Fact, facts: Facts) -> bool:
    """Whether a root makes the bucket that another root keeps its state in: its own state has to lie elsewhere."""
    folder = root.where.file.rpartition("/")[0]
    own = [one.name for one in facts.seen("aws_s3_bucket") if one.where.file.rpartition("/")[0] == folder]
    return bool(own) and some(
        facts.seen("terraform_backend"),
        lambda one: known(one.attributes.get("bucket"), "the bucket of a backend") in own,
    )


@check(
    "state-without-source",
    "Every state has its source",
    of="terraform_state",
    severity="high",
    fix="Bring the source back, or destroy what the state describes and remove it.",
)
def state_without_source(state: Fact, facts: Facts) -> Verdict | None:
    """What only a state describes can be changed by nobody, and is paid for all the same."""
    folder = state.where.file.rpartition("/")[0]
    source = [one for one in facts.seen("terraform_root") if one.where.file.rpartition("/")[0] == folder]
    if source:
        return verdict(True, "its source is beside it", at=[state.at(), source[0].at()])
    unhidden(facts, state, "terraform_root")
    return verdict(
        False, f"no Terraform file is in {folder or 'its folder'}", at=[state.at("lineage"), state.at()]
    )


@check(
    "cdk-source-exists",
    "Every CDK application has its source",
    of=Document,
    severity="high",
    fix="Bring the application's entry back, or remove the scaffold.",
)
def cdk_source(document: Document, facts: Facts) -> Verdict | None:
    """A scaffold whose application is gone deploys nothing, and hides what was once deployed with it."""
    if document.kind != "cdk-app":
        return None
    exists = document.get("entry_exists")
    return verdict(bool(exists), f"its entry is {document.attributes.get('entry')}", at=[document.at("app")])


@check(
    "file-parses",
    "Every dashboard parses",
    of=Document,
    severity="medium",
    fix="Correct the file at the line shown.",
)
def file_parses(document: Document, facts: Facts) -> Verdict | None:
    """A file that does not parse is loaded by nobody, and nobody is told."""
    parses = known(document.attributes.get("parses"), f"whether {document.name} parses")
    if parses is None:
        return None
    return verdict(bool(parses), "it does" if parses else "it does not parse", at=[document.at("parses")])
