"""The configurations of a bucket that moto does not know, or not whole.

moto takes a request for one that it does not know for a request for the bucket itself: to set it creates the
bucket, to read it lists the objects, and to delete it *deletes the bucket*. Here they are kept and told as they
were given, and what is neither moto's nor ours is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.s3.responses import S3Response

#: Query name → the element that a listing of them is in; None for the one that a bucket has exactly once.
_KEPT: dict[str, str | None] = {
    "analytics": "ListBucketAnalyticsConfigurationResult",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
    "inventory": "ListInventoryConfigurationsResult",
    "metrics": "ListMetricsConfigurationsResult",
    "requestPayment": None,
}
#: What neither keeps: PUT, GET and DELETE of a bucket, and of a key.
_UNKNOWN = frozenset(
    {
        "abac", "metadataConfiguration", "metadataTable", "metadataAnnotationTable", "metadataInventoryTable",
        "metadataJournalTable", "session", "annotation", "renameObject", "torrent",
    }
)  # fmt: skip
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_OWNER_PAYS = "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")
_SMALLEST = "x-amz-transition-default-minimum-object-size"

Answer = Any


def install() -> None:
    """Look at each request for a bucket before moto does."""
    for method in ("put", "get", "delete"):
        name = f"_bucket_response_{method}"
        setattr(S3Response, name, _wrapped(method, getattr(S3Response, name)))
    for method in ("put", "get", "delete"):
        name = f"_key_response_{method}"
        setattr(S3Response, name, _refusing(getattr(S3Response, name)))


def _wrapped(method: str, plain: Callable[..., Answer]) -> Callable[..., Answer]:
    def response(self: Any, *arguments: Any) -> Answer:
        query = arguments[-1]
        _refuse(query)
        for name in query:
            if name in _KEPT:
                return _kept(self, method, name, query)
        answer = plain(self, *arguments)
        return _whole(self, method, query, answer)

    return response


def _refusing(plain: Callable[..., Answer]) -> Callable[..., Answer]:
    def response(self: Any, query: Any, *arguments: Any) -> Answer:
        _refuse(query)
        return plain(self, query, *arguments)

    return response


def _refuse(query: Any) -> None:
    for name in _UNKNOWN & set(query):
        raise NotImplementedError(f"the configuration {name!r} is not kept here")


def _kept(self: Any, method: str, name: str, query: Any) -> Answer:
    held = _held(self)
    (key,) = query.get("id", [""])
    if method == "put":
        held[name, key] = _DECLARATION.sub(b"", self.body)
        return 200, {}, ""
    if method == "delete":
        if held.pop((name, key), None) is None:
            return _missing()
        return 204, {}, ""
    listing = _KEPT[name]
    if listing is None:
        text = held.get((name, key), _OWNER_PAYS.encode()).decode()
    elif key:
        if (name, key) not in held:
            return _missing()
        text = held[name, key].decode()
    else:
        parts = [body.decode() for (each, _), body in sorted(held.items()) if each == name]
        inside = "".join(parts) + "<IsTruncated>false</IsTruncated>"
        text = f'<{listing} xmlns="{_NAMESPACE}">{inside}</{listing}>'
    return 200, {"content-type": "application/xml"}, text


def _whole(self: Any, method: str, query: Any, answer: Answer) -> Answer:
    """moto's answer, with what it lost of a lifecycle, of replication and of notifications."""
    held = _held(self) if {"lifecycle", "notification", "replication"} & set(query) else {}
    if "lifecycle" in query and method == "put":
        held["lifecycle", ""] = _DECLARATION.sub(b"", self.body)
        held["lifecycle", _SMALLEST] = self.headers.get(_SMALLEST, "all_storage_classes_128K").encode()
        return 200, {_SMALLEST: held["lifecycle", _SMALLEST].decode()}, ""
    if "lifecycle" in query and method == "get" and ("lifecycle", "") in held:
        headers = {"content-type": "application/xml", _SMALLEST: held["lifecycle", _SMALLEST].decode()}
        return 200, headers, held["lifecycle", ""].decode()
    if "lifecycle" in query and method == "delete":
        held.pop(("lifecycle", ""), None)
    if "replication" in query:
        return _replication(self, method, held, answer)
    if "notification" in query and method == "get":
        return _with_events(self, answer)
    return answer


def _replication(self: Any, method: str, held: dict[tuple[str, str], bytes], answer: Answer) -> Answer:
    """moto forgets filters and whether deletions go along; it has given a rule without a name one."""
    if method == "put":
        named = iter(self.backend.get_bucket_replication(self.bucket_name)["Rule"])
        text = _DECLARATION.sub(b"", self.body).decode()

        def name(rule: re.Match[str]) -> str:
            key = next(named)["ID"]
            return rule[0] if "<ID>" in rule[0] else rule[0].replace("<Rule>", f"<Rule><ID>{key}</ID>", 1)

        held["replication", ""] = re.sub(r"<Rule>.*?</Rule>", name, text, flags=re.S).encode()
    elif method == "delete":
        held.pop(("replication", ""), None)
    elif ("replication", "") in held:
        return 200, {"content-type": "application/xml"}, held["replication", ""].decode()
    return answer


def _with_events(self: Any, answer: Answer) -> Answer:
    configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if configuration is None or configuration.event_bridge is None:
        return answer
    status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
    text = body.decode() if isinstance(body, bytes) else body
    end = "</NotificationConfiguration>"
    if "EventBridgeConfiguration" not in text:
        text = text.replace(end, f"<EventBridgeConfiguration/>{end}")
    return status, headers, text


def _held(self: Any) -> dict[tuple[str, str], bytes]:
    """What is kept of the bucket that is asked for; it goes with the bucket."""
    bucket = self.backend.head_bucket(self.bucket_name)
    held: dict[tuple[str, str], bytes] = vars(bucket).setdefault("launchbook_held", {})
    return held


def _missing() -> Answer:
    message = "The specified configuration does not exist."
    text = f"<Error><Code>NoSuchConfiguration</Code><Message>{message}</Message></Error>"
    return 404, {"content-type": "application/xml"}, text
