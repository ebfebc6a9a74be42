"""What Amplify knows: apps, their branches, the jobs of these, and domains that point at them."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import ServiceException

_LETTERS = string.ascii_lowercase + string.digits
#: How a job that was seeded may have ended.
ENDED = ("SUCCEED", "FAILED", "CANCELLED")
#: A job's reason that starts so seeds it: ``seed:SUCCEED``.
SEED = "seed:"


class NotFoundException(ServiceException):
    """There is no such app, branch, job or domain."""

    code = "NotFoundException"


class BadRequestException(ServiceException):
    """The request makes no sense."""

    code = "BadRequestException"


class App:
    """One app and all that belongs to it."""

    def __init__(self, region: str, account: str, given: Mapping[str, Any]) -> None:
        self.id = "d" + "".join(secrets.choice(_LETTERS) for _ in range(13))
        self.arn = f"arn:aws:amplify:{region}:{account}:apps/{self.id}"
        self.attributes: dict[str, Any] = {
            "platform": "WEB",
            "environmentVariables": {},
            "enableBranchAutoBuild": False,
            "enableBasicAuth": False,
            **_kept(given, "tags", "accessToken", "oauthToken"),
            "appId": self.id,
            "appArn": self.arn,
            "defaultDomain": f"{self.id}.amplifyapp.com",
            "createTime": _now(),
            "updateTime": _now(),
        }
        self.tags: dict[str, str] = dict(given.get("tags") or {})
        self.branches: dict[str, Branch] = {}
        self.domains: dict[str, dict[str, Any]] = {}

    def shown(self) -> dict[str, Any]:
        """The app as GetApp answers it."""
        return {**self.attributes, "tags": self.tags}


class Branch:
    """One branch of an app, with its jobs, newest first."""

    def __init__(self, app: App, given: Mapping[str, Any]) -> None:
        name = str(given["branchName"])
        self.arn = f"{app.arn}/branches/{name}"
        self.attributes: dict[str, Any] = {
            "stage": "NONE",
            "framework": "",
            "ttl": "5",
            "enableAutoBuild": True,
            "enableBasicAuth": False,
            "enableNotification": False,
            "enablePullRequestPreview": False,
            "customDomains": [],
            "environmentVariables": {},
            **_kept(given, "tags", "appId"),
            "branchArn": self.arn,
            "branchName": name,
            "displayName": given.get("displayName") or name,
            "activeJobId": "",
            "totalNumberOfJobs": "0",
            "createTime": _now(),
            "updateTime": _now(),
        }
        self.tags: dict[str, str] = dict(given.get("tags") or {})
        self.jobs: list[dict[str, Any]] = []

    def shown(self) -> dict[str, Any]:
        """The branch as GetBranch answers it."""
        return {**self.attributes, "tags": self.tags}

    def start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A new job: it waits for ever, since nothing is built here, unless its reason seeds how it ended."""
        reason = str(given.get("jobReason") or "")
        status = reason.removeprefix(SEED) if reason.startswith(SEED) else "PENDING"
        if status not in (*ENDED, "PENDING"):
            raise BadRequestException(f"{reason}: a job is seeded as one of {', '.join(ENDED)}")
        number = str(len(self.jobs) + 1)
        job: dict[str, Any] = {
            "jobArn": f"{self.arn}/jobs/{number}",
            "jobId": number,
            "jobType": given.get("jobType") or "RELEASE",
            "commitId": given.get("commitId") or "HEAD",
            "commitMessage": given.get("commitMessage") or "",
            "commitTime": given.get("commitTime") or _now(),
            "startTime": _now(),
            "status": status,
        }
        if status in ENDED:
            job["endTime"] = _now()
        self.jobs.insert(0, job)
        self.attributes["totalNumberOfJobs"] = number
        self.attributes["activeJobId"] = number
        return job


class AmplifyBackend(BaseBackend):
    """The apps of a region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.apps: dict[str, App] = {}

    @property
    def _url_module(self) -> Any:
        from launchbook.local.planes.amplify import urls

        return urls

    def app(self, app_id: str) -> App:
        """The app of that id. Raises NotFoundException."""
        if app_id not in self.apps:
            raise NotFoundException(f"App {app_id} not found.")
        return self.apps[app_id]

    def branch(self, app_id: str, name: str) -> Branch:
        """The branch of that name. Raises NotFoundException."""
        app = self.app(app_id)
        if name not in app.branches:
            raise NotFoundException(f"Branch {name} not found.")
        return app.branches[name]

    def tagged(self, arn: str) -> App | Branch:
        """The app or branch of an ARN. Raises NotFoundException."""
        for app in self.apps.values():
            holders: list[App | Branch] = [app, *app.branches.values()]
            for one in holders:
                if one.arn == arn:
                    return one
        raise NotFoundException(f"Resource {arn} not found.")

    def rows(self) -> list[dict[str, Any]]:
        """The apps as ``launchbook local status`` shows them: records, with nothing behind them."""
        return [
            {"type": "aws_amplify_app", "id": app.attributes["name"], "state": "record only", "address": ""}
            for app in self.apps.values()
        ]


def _kept(given: Mapping[str, Any], *dropped: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None and key not in dropped}


def _now() -> datetime:
    return datetime.now(UTC)


amplify_backends = BackendDict(AmplifyBackend, "amplify")
