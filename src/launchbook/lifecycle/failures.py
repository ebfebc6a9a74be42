"""What Terraform and AWS say when they fail, as one clear message each with the command that helps."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from launchbook.errors import RunFailed
from launchbook.lifecycle.reserve import disk_full
from launchbook.redact import shown

_ERROR = re.compile(r"^\s*(?:│ )?Error: ", re.M)
#: What each kind of lock says when somebody holds it.
_TAKEN = re.compile(
    r"ConditionalCheckFailed|PreconditionFailed|resource temporarily unavailable|already locked"
)
_LOCK_FIELD = re.compile(r"^\s*(ID|Path|Operation|Who|Created):\s+(.+?)\s*$", re.M)


@dataclass(frozen=True)
class Lock:
    """Who holds a state's lock, as Terraform says it."""

    id: str
    who: str
    operation: str
    created: str
    path: str


class LockHeld(RunFailed):
    """The state is locked; ``lock`` says by whom."""

    def __init__(self, root: str, lock: Lock, folder: str) -> None:
        self.lock = lock
        super().__init__(
            f"the state of {root} is locked",
            f"{lock.who} has held it for {lock.operation.removeprefix('OperationType')} since {lock.created}",
            hint=f"wait until that has ended; if it never will: terraform -chdir={folder} force-unlock {lock.id}",
        )


class NotReady(RunFailed):
    """The working folder is not (or no more) what the root's files need: ``init`` makes it so."""


_NOT_READY = re.compile(
    r"Module not installed|Required plugins are not installed|Inconsistent dependency lock file|"
    r"Backend configuration changed|Backend initialization required|Module source has changed"
)

#: A pattern of Terraform's output -> what happened, and what helps. The first that fits counts.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"no space left on device", "the disk is full", "free some space and run the same command again"),
    (
        r"No valid credential sources|no EC2 IMDS role found|failed to refresh cached credentials|"
        r"could not find default credentials|SSO session has expired|ExpiredToken|InvalidClientTokenId|"
        r"UnrecognizedClientException",
        "there are no working AWS credentials",
        "aws sts get-caller-identity   (must work first: sign in, or choose --profile)",
    ),
    (
        r"invalid AWS Region|Invalid region value|Invalid provider configuration[\s\S]*region|"
        r"requested bucket from|PermanentRedirect|AuthorizationHeaderMalformed|OptInRequired",
        "this is the wrong region",
        "correct platform.region in launchbook.toml, or give --region",
    ),
    (
        r"S3 bucket \"[^\"]*\" does not exist|NoSuchBucket|Backend initialization required|"
        r"Unable to access object|Failed to get existing workspaces|ResourceNotFoundException: Requested resource",
        "the remote state's backend is missing",
        "launchbook apply   (makes the bucket and the lock table first)",
    ),
    (
        r"Failed to query available provider packages|Failed to install provider|Could not retrieve the list of|"
        r"provider registry\.[^ ]+ was not found|does not have a provider named",
        "no source of the Terraform provider was reached",
        "check the network, or keep a filesystem mirror: terraform providers mirror /usr/local/share/terraform/plugins",
    ),
    (
        r"Unrecognized remote plugin message|failed to instantiate provider|plugin did not respond|"
        r"Plugin did not respond|Failed to load plugin schemas",
        "the Terraform provider did not start",
        "launchbook doctor   (says where it comes from)",
    ),
    (
        r"connection refused|no such host|i/o timeout|connection reset by peer|dial tcp",
        "AWS did not answer",
        "launchbook doctor   (says what can be reached)",
    ),
    (
        r"BucketNotEmpty",
        "a bucket is not empty",
        "empty it (its versions, too: aws s3api list-object-versions), or set force_destroy = true and "
        "launchbook apply; then launchbook destroy",
    ),
    (
        r"RepositoryNotEmptyException",
        "a repository holds images",
        "delete them, or set force_delete = true and launchbook apply; then launchbook destroy",
    ),
    (r"AccessDenied|UnauthorizedOperation|is not authorized to perform", "a permission is missing",
     "allow that action to whoever runs this, then run the same command again"),
    (r"AlreadyExists|already exists|BucketAlreadyOwnedByYou|ResourceInUse",
     "a name is in use already",
     "launchbook sweep   (shows what carries this platform's names and is in no state of this home)"),
)  # fmt: skip


def terraform_failure(root: str, said: str, log: str, folder: str, action: str) -> RunFailed:
    """The error for what a failed Terraform printed; the first errors' own words, and where the rest stands."""
    lock = lock_of(said)
    if lock is not None:
        return LockHeld(root, lock, folder)
    # Whatever it says on a full disk is the disk's doing, and may have been cut off in the middle of a state.
    words = f"; Terraform's words: {errors_of(said)}" if _ERROR.search(said) else ""
    full = disk_full(folder, root, f"{words} (all of it: {log})")
    if full is not None:
        return full
    why = errors_of(said)
    if action != "init" and _NOT_READY.search(said):
        return NotReady(
            f"{root}: the working folder is not ready", f"{why} (all of it: {log})", hint="launchbook doctor"
        )
    for pattern, what, hint in _KNOWN:
        if re.search(pattern, said, re.I):
            return RunFailed(f"{root}: {what}", f"{why} (all of it: {log})", hint=hint)
    return RunFailed(
        f"{root}: terraform {action} failed".replace("  ", " "), f"{why} (all of it: {log})",
        hint="correct that, then run the same command again: what is finished is not repeated",
    )  # fmt: skip


def surprise(doing: str, error: Exception) -> RunFailed:
    """The error for what AWS or the machine refused where nobody expected it."""
    said = str(shown(str(error)))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RunFailed(
            f"{doing}: the disk is full", said, hint="free some space and run the same command again"
        )
    for pattern, what, hint in _KNOWN:
        if re.search(pattern, said, re.I):
            return RunFailed(f"{doing}: {what}", said, hint=hint)
    return RunFailed(
        f"{doing} failed", said, hint="run the same command again: what is finished is not repeated"
    )


def lock_of(said: str) -> Lock | None:
    """The lock that kept Terraform out, if one did; not one that Terraform could neither take nor look at."""
    fields = dict(_LOCK_FIELD.findall(said))
    if "Error acquiring the state lock" not in said or not (fields or _TAKEN.search(said)):
        return None
    return Lock(
        fields.get("ID", ""), fields.get("Who", "somebody"), fields.get("Operation", "a run"),
        fields.get("Created", "some time"), fields.get("Path", ""),
    )  # fmt: skip


def errors_of(said: str) -> str:
    """The words of each different error in Terraform's output, in one line."""
    blocks = _ERROR.split(said)[1:]
    first = [" ".join(block.strip().split("\n\n", 2)[0].split()) for block in blocks]
    details = [_detail(block) for block in blocks]
    lines = dict.fromkeys(
        f"{what}: {detail}" if detail and detail not in what else what
        for what, detail in zip(first, details, strict=True)
    )
    found = "; ".join(list(lines)[:3]) or " ".join(said.strip().split()[-40:]) or "it said nothing"
    return str(shown(found))[:800]


def _detail(block: str) -> str:
    parts = [
        part for part in block.strip().split("\n\n")[1:] if not part.strip().startswith(("on ", "with "))
    ]
    return " ".join(parts[0].split())[:300] if parts else ""


_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
    ClientError,
)


def aws_failure(error: BotoCoreError | ClientError, region: str, endpoint: str | None) -> RunFailed:
    """The error for an account that could not be asked who we are."""
    sign_in = "aws sts get-caller-identity   (must work first: sign in, or choose --profile)"
    where = "the embedded AWS" if endpoint else f"AWS in {region}"
    if isinstance(error, InvalidRegionError) or (isinstance(error, ConnectionError) and not _known(region)):
        return RunFailed(
            f"{region} is the wrong region", "AWS has none of this name",
            hint="correct platform.region, or give --region",
        )  # fmt: skip
    if isinstance(error, ProfileNotFound):
        return RunFailed("there is no such profile", str(error), hint="aws configure list-profiles")
    if isinstance(error, _NO_CREDENTIALS):
        return RunFailed("there are no working AWS credentials", str(error), hint=sign_in)
    if isinstance(error, ConnectionError):
        hint = (
            "launchbook local status" if endpoint else "check the network, and AWS_ENDPOINT_URL if it is set"
        )
        return RunFailed(f"{where} does not answer", str(error), hint=hint)
    return RunFailed(f"{where} could not be asked who we are", str(error), hint=sign_in)


def _known(region: str) -> bool:
    from botocore.session import Session

    session = Session()
    return any(
        region in session.get_available_regions("ec2", partition)
        for partition in session.get_available_partitions()
    )
