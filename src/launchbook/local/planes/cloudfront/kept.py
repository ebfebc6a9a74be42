"""Policies, identities and published functions of CloudFront: told as they were given; nothing acts on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult

#: The thing → (its path, its name in lists, the member of a list's items that holds it; "" where it is the item).
KINDS = {
    "CachePolicy": ("cache-policy", "CachePolicyList", "CachePolicy"),
    "OriginRequestPolicy": ("origin-request-policy", "OriginRequestPolicyList", "OriginRequestPolicy"),
    "ResponseHeadersPolicy": (
        "response-headers-policy",
        "ResponseHeadersPolicyList",
        "ResponseHeadersPolicy",
    ),
    "CloudFrontOriginAccessIdentity": (
        "origin-access-identity/cloudfront",
        "CloudFrontOriginAccessIdentityList",
        "",
    ),
    "PublicKey": ("public-key", "PublicKeyList", ""),
    "KeyGroup": ("key-group", "KeyGroupList", "KeyGroup"),
}
#: Those whose ids are not UUIDs → how theirs begin.
_SHORT_IDS = {"CloudFrontOriginAccessIdentity": "E", "PublicKey": "K"}
#: AWS's own policies that stacks look for by their names: kind → name → id (September 2025).
_MANAGED = {
    "CachePolicy": {
        "Managed-CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "Managed-CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "Managed-CachingOptimizedForUncompressedObjects": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
    },
    "OriginRequestPolicy": {
        "Managed-AllViewer": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "Managed-AllViewerExceptHostHeader": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        "Managed-CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        "Managed-CORS-CustomOrigin": "59781a5b-3903-41f3-afcb-af62929ccde1",
    },
    "ResponseHeadersPolicy": {
        "Managed-SecurityHeadersPolicy": "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "Managed-SimpleCORS": "60669652-455b-4ae9-85a4-c4c02393f86c",
        "Managed-CORS-With-Preflight": "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "Managed-CORS-and-SecurityHeadersPolicy": "e61eb60c-9c35-4d20-a928-2b84e02af89c",
    },
}
_MADE = datetime(2020, 5, 31, tzinfo=UTC)


def _not_found(kind: str) -> CloudFrontException:
    error = CloudFrontException(f"NoSuch{kind}", f"The specified {kind} does not exist.")
    error.status_code = 404  # type: ignore[attr-defined]
    return error


def _managed(kind: str, name: str) -> dict[str, Any]:
    config: dict[str, Any] = {"Name": name}
    parts: dict[str, Any] = {
        "CookiesConfig": {"CookieBehavior": "none"},
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    if kind == "CachePolicy":
        config |= {"MinTTL": 1}
        parts |= {"EnableAcceptEncodingGzip": True}
        config["ParametersInCacheKeyAndForwardedToOrigin"] = parts
    elif kind == "OriginRequestPolicy":
        config |= parts
    return config


class Kept(CloudFrontResponse):
    """Creates, tells, changes, lists and deletes what is in ``KINDS``."""

    def _things(self, kind: str) -> dict[str, dict[str, Any]]:
        every: dict[str, dict[str, Any]] = vars(self.backend).setdefault("launchbook_kept", {})
        if kind not in every:
            every[kind] = {
                key: {
                    "config": _managed(kind, name),
                    "etag": "E23ZP02F085DFQ",
                    "at": _MADE,
                    "type": "managed",
                }
                for name, key in _MANAGED.get(kind, {}).items()
            }
        return every[kind]

    def _thing(self, kind: str) -> tuple[str, dict[str, Any]]:
        key = self._get_param("Id")
        if key not in self._things(kind):
            raise _not_found(kind)
        return key, self._things(kind)[key]

    def _create(self, kind: str) -> ActionResult:
        first = _SHORT_IDS.get(kind)
        key = f"{first}{uuid4().hex[:13].upper()}" if first else str(uuid4())
        config = self._get_param(f"{kind}Config")
        name = config.get("Name")
        if name and name in [each["config"].get("Name") for each in self._things(kind).values()]:
            raise CloudFrontException(f"{kind}AlreadyExists", f"A {kind} named {name} exists already.")
        self._things(kind)[key] = {"config": config, "type": "custom", "made": datetime.now(UTC)}
        return self._changed(kind, key)

    def _changed(self, kind: str, key: str) -> ActionResult:
        held = self._things(kind)[key]
        held |= {"etag": f"E{uuid4().hex[:13].upper()}", "at": datetime.now(UTC)}
        place = f"https://cloudfront.amazonaws.com/2020-05-31/{KINDS[kind][0]}/{key}"
        return ActionResult({kind: self._told(kind, key), "ETag": held["etag"], "Location": place})

    def _told(self, kind: str, key: str) -> dict[str, Any]:
        held = self._things(kind)[key]
        told = {"Id": key, "LastModifiedTime": held["at"], f"{kind}Config": held["config"]}
        told |= {"CreatedTime": held.get("made", held["at"])}
        return told | ({"S3CanonicalUserId": key.lower() * 4} if kind.endswith("Identity") else {})

    def _get(self, kind: str) -> ActionResult:
        key, held = self._thing(kind)
        return ActionResult({kind: self._told(kind, key), "ETag": held["etag"]})

    def _get_config(self, kind: str) -> ActionResult:
        _, held = self._thing(kind)
        return ActionResult({f"{kind}Config": held["config"], "ETag": held["etag"]})

    def _update(self, kind: str) -> ActionResult:
        key, held = self._thing(kind)
        self._matched(held["etag"])
        held["config"] = self._get_param(f"{kind}Config")
        return self._changed(kind, key)

    def _delete(self, kind: str) -> ActionResult:
        key, held = self._thing(kind)
        self._matched(held["etag"])
        del self._things(kind)[key]
        return EmptyResult()

    def _list(self, kind: str) -> ActionResult:
        _, listing, member = KINDS[kind]
        wanted = self._get_param("Type")
        items = []
        for key, held in self._things(kind).items():
            if wanted in (None, held["type"]):
                told = self._told(kind, key)
                summary = {"Comment": "", **held["config"], **told}
                items.append({"Type": held["type"], member: told} if member else summary)
        page = {"MaxItems": 100, "Quantity": len(items), "Items": items}
        return ActionResult({listing: page if member else {**page, "Marker": "", "IsTruncated": False}})

    def _matched(self, etag: str) -> None:
        if self._get_param("IfMatch") != etag:
            raise CloudFrontException(
                "PreconditionFailed", "The given ETag is not that of the present version."
            )

    def publish_function(self) -> ActionResult:
        """Publish what is there: from now on it is told as live, too."""
        function = self.backend.describe_function(name=self._get_param("Name"))
        self._matched(function.etag)
        function.status = "UNASSOCIATED"
        function.launchbook_live = (function.config, function.code)  # type: ignore[attr-defined]
        return ActionResult({"FunctionSummary": self._summary(function, "LIVE")})

    def update_function(self) -> ActionResult:
        """Replace the function in development; the live one stays."""
        function = self.backend.describe_function(name=self._get_param("Name"))
        self._matched(function.etag)
        function.config = self._get_param("FunctionConfig")
        function.code = self._get_param("FunctionCode")
        function.etag, function.last_modified_time = f"E{uuid4().hex[:13].upper()}", datetime.now(UTC)
        return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})

    def describe_function(self) -> ActionResult:
        """The function of a stage."""
        function = self._staged()
        stage = self._get_param("Stage") or "DEVELOPMENT"
        return ActionResult({"FunctionSummary": self._summary(function, stage), "ETag": function.etag})

    def get_function(self) -> ActionResult:
        """The code of a stage."""
        function = self._staged()
        live = self._get_param("Stage") == "LIVE"
        code = function.launchbook_live[1] if live else function.code
        return ActionResult(
            {"FunctionCode": code, "ETag": function.etag, "ContentType": "application/octet-stream"}
        )

    def _staged(self) -> Any:
        function: Any = self.backend.describe_function(name=self._get_param("Name"))
        if self._get_param("Stage") == "LIVE" and not hasattr(function, "launchbook_live"):
            raise _not_found("FunctionExists")
        return function

    def _summary(self, function: Any, stage: str) -> dict[str, Any]:
        told: dict[str, Any] = function.function_summary
        config = function.launchbook_live[0] if stage == "LIVE" else function.config
        return {
            **told,
            "FunctionConfig": config,
            "FunctionMetadata": {**told["FunctionMetadata"], "Stage": stage},
        }


def paths() -> list[str]:
    """The routes that moto lacks."""
    made = ["{0}/2020-05-31/function/(?P<Name>[^/]+)/publish$"]
    for path, _, _ in KINDS.values():
        made += [
            f"{{0}}/2020-05-31/{path}{rest}$" for rest in ("", "/(?P<Id>[^/]+)", "/(?P<Id>[^/]+)/config")
        ]
    return made


def _operations() -> None:
    plurals = {"CachePolicy": "cache_policies", "OriginRequestPolicy": "origin_request_policies"}
    plurals |= {"ResponseHeadersPolicy": "response_headers_policies"}
    singulars = {kind: plural.replace("policies", "policy") for kind, plural in plurals.items()}
    plurals |= {"PublicKey": "public_keys", "KeyGroup": "key_groups"}
    singulars |= {"PublicKey": "public_key", "KeyGroup": "key_group"}
    identity = "CloudFrontOriginAccessIdentity"
    plurals[identity], singulars[identity] = (
        "cloud_front_origin_access_identities",
        "cloud_front_origin_access_identity",
    )
    for kind, name in singulars.items():
        for verb, method in {
            "create_{}": "_create", "get_{}": "_get", "get_{}_config": "_get_config", "update_{}": "_update",
            "delete_{}": "_delete",
        }.items():  # fmt: skip
            setattr(Kept, verb.format(name), _bound(method, kind))
        setattr(Kept, f"list_{plurals[kind]}", _bound("_list", kind))


def _bound(method: str, kind: str) -> Any:
    return lambda self: getattr(self, method)(kind)


_operations()
