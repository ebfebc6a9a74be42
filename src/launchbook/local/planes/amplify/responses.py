"""Amplify's operations; botocore's own model reads the parameters and writes the answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from launchbook.local.planes.amplify.models import (
    AmplifyBackend,
    App,
    BadRequestException,
    Branch,
    NotFoundException,
    amplify_backends,
)


class AmplifyResponse(BaseResponse):
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="amplify")
        self.automated_parameter_parsing = True

    @property
    def _backend(self) -> AmplifyBackend:
        return amplify_backends[self.current_account][self.region]

    def _app(self) -> App:
        return self._backend.app(self._get_param("appId"))

    def _branch(self) -> Branch:
        return self._backend.branch(self._get_param("appId"), self._get_param("branchName"))

    def _given(self) -> dict[str, Any]:
        return {**self.params, **self.uri_match}

    def create_app(self) -> ActionResult:  # noqa: D102
        app = App(self.region, self.current_account, self._given())
        self._backend.apps[app.id] = app
        return ActionResult({"app": app.shown()})

    def get_app(self) -> ActionResult:  # noqa: D102
        return ActionResult({"app": self._app().shown()})

    def list_apps(self) -> ActionResult:  # noqa: D102
        return self._page("apps", [app.shown() for app in self._backend.apps.values()])

    def update_app(self) -> ActionResult:  # noqa: D102
        app = self._app()
        _update(app.attributes, self._given(), "appId", "accessToken", "oauthToken")
        return ActionResult({"app": app.shown()})

    def delete_app(self) -> ActionResult:  # noqa: D102
        app = self._app()
        del self._backend.apps[app.id]
        return ActionResult({"app": app.shown()})

    def create_branch(self) -> ActionResult:  # noqa: D102
        app, given = self._app(), self._given()
        if given["branchName"] in app.branches:
            raise BadRequestException("The branch name is already used")
        branch = app.branches[given["branchName"]] = Branch(app, given)
        return ActionResult({"branch": branch.shown()})

    def get_branch(self) -> ActionResult:  # noqa: D102
        return ActionResult({"branch": self._branch().shown()})

    def list_branches(self) -> ActionResult:  # noqa: D102
        return self._page("branches", [branch.shown() for branch in self._app().branches.values()])

    def update_branch(self) -> ActionResult:  # noqa: D102
        branch = self._branch()
        _update(branch.attributes, self._given(), "appId", "branchName")
        return ActionResult({"branch": branch.shown()})

    def delete_branch(self) -> ActionResult:  # noqa: D102
        branch = self._branch()
        del self._app().branches[branch.attributes["branchName"]]
        return ActionResult({"branch": branch.shown()})

    def start_job(self) -> ActionResult:  # noqa: D102
        return ActionResult({"jobSummary": self._branch().start(self._given())})

    def stop_job(self) -> ActionResult:  # noqa: D102
        job = self._job()
        if job["status"] == "PENDING":
            job.update(status="CANCELLED", endTime=datetime.now(UTC))
        return ActionResult({"jobSummary": job})

    def get_job(self) -> ActionResult:  # noqa: D102
        return ActionResult({"job": {"summary": self._job(), "steps": []}})

    def list_jobs(self) -> ActionResult:  # noqa: D102
        return self._page("jobSummaries", self._branch().jobs)

    def create_domain_association(self) -> ActionResult:  # noqa: D102
        app, given = self._app(), self._given()
        name = given["domainName"]
        app.domains[name] = {
            "domainAssociationArn": f"{app.arn}/domains/{name}",
            "domainName": name,
            "enableAutoSubDomain": bool(given.get("enableAutoSubDomain")),
            "domainStatus": "PENDING_VERIFICATION",
            "statusReason": "The embedded AWS asks no name servers.",
            "subDomains": [
                {"subDomainSetting": setting, "verified": False, "dnsRecord": ""}
                for setting in given.get("subDomainSettings") or []
            ],
        }
        return ActionResult({"domainAssociation": app.domains[name]})

    def get_domain_association(self) -> ActionResult:  # noqa: D102
        return ActionResult({"domainAssociation": self._domain()})

    def list_domain_associations(self) -> ActionResult:  # noqa: D102
        return self._page("domainAssociations", list(self._app().domains.values()))

    def delete_domain_association(self) -> ActionResult:  # noqa: D102
        domain = self._domain()
        del self._app().domains[domain["domainName"]]
        return ActionResult({"domainAssociation": domain})

    def list_webhooks(self) -> ActionResult:  # noqa: D102
        self._app()
        return self._page("webhooks", [])

    def list_backend_environments(self) -> ActionResult:  # noqa: D102
        self._app()
        return self._page("backendEnvironments", [])

    def list_tags_for_resource(self) -> ActionResult:  # noqa: D102
        return ActionResult({"tags": self._backend.tagged(self._get_param("resourceArn")).tags})

    def tag_resource(self) -> ActionResult:  # noqa: D102
        self._backend.tagged(self._get_param("resourceArn")).tags.update(self._get_param("tags") or {})
        return ActionResult({})

    def untag_resource(self) -> ActionResult:  # noqa: D102
        tags = self._backend.tagged(self._get_param("resourceArn")).tags
        for key in self._get_param("tagKeys") or []:
            tags.pop(key, None)
        return ActionResult({})

    def _job(self) -> dict[str, Any]:
        wanted = self._get_param("jobId")
        for job in self._branch().jobs:
            if job["jobId"] == wanted:
                return job
        raise NotFoundException(f"Job {wanted} not found.")

    def _domain(self) -> dict[str, Any]:
        wanted = self._get_param("domainName")
        if wanted not in self._app().domains:
            raise NotFoundException(f"Domain association {wanted} not found.")
        return self._app().domains[wanted]

    def _page(self, key: str, items: list[Any]) -> ActionResult:
        start = int(self._get_param("nextToken") or 0)
        end = start + int(self._get_param("maxResults") or 50)
        result: dict[str, Any] = {key: items[start:end]}
        if end < len(items):
            result["nextToken"] = str(end)
        return ActionResult(result)


def _update(attributes: dict[str, Any], given: dict[str, Any], *dropped: str) -> None:
    attributes.update(
        {key: value for key, value in given.items() if value is not None and key not in dropped}
    )
    attributes["updateTime"] = datetime.now(UTC)
