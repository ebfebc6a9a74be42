"""Kubernetes manifests: what runs, on which schedule, and the URL that a job calls once its variables are resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from launchbook.model import Unread, Value
from launchbook.repo.cloudformation.names import attribute_name
from launchbook.repo.lined import Map, Seq, Unreadable, as_list, as_map, dig, line_of, lines_below
from launchbook.repo.reader import File, Found, reader_of_all

_TYPES = {
    "CronJob": "kubernetes_cron_job_v1",
    "Job": "kubernetes_job_v1",
    "Deployment": "kubernetes_deployment_v1",
    "StatefulSet": "kubernetes_stateful_set_v1",
    "DaemonSet": "kubernetes_daemon_set_v1",
    "Service": "kubernetes_service_v1",
    "Ingress": "kubernetes_ingress_v1",
    "ConfigMap": "kubernetes_config_map_v1",
    "Secret": "kubernetes_secret_v1",
    "ServiceAccount": "kubernetes_service_account_v1",
    "HorizontalPodAutoscaler": "kubernetes_horizontal_pod_autoscaler_v2",
    "Namespace": "kubernetes_namespace_v1",
    "NetworkPolicy": "kubernetes_network_policy_v1",
    "PersistentVolumeClaim": "kubernetes_persistent_volume_claim_v1",
    "PodDisruptionBudget": "kubernetes_pod_disruption_budget_v1",
}
_URL = re.compile(r"(?:https?://|\$(?:\{\w+\}|\(\w+\)|\w+)/)(?:\$\(\w+\)|[^\s\"'<>\\|;&)])+")
_VARIABLE = re.compile(r"\$\((\w+)\)|\$\{(\w+)(?::-[^}]*)?\}|\$(\w+)")
_METHOD = re.compile(r"(?:-X|--request|--method)[=\s]*[\"']?(GET|POST|PUT|PATCH|DELETE|HEAD)", re.I)
_BODY = re.compile(r"\s(?:-d|--data(?:-\w+)?|--post-data|--json)\b")
#: Lists of these lie in Terraform's blocks of one name.
_PODS = (
    "kubernetes_cron_job_v1",
    "kubernetes_job_v1",
    "kubernetes_deployment_v1",
    "kubernetes_stateful_set_v1",
)
_SECRET_KEYS = frozenset({"data", "stringData", "binaryData"})


@reader_of_all(
    "Kubernetes",
    "*.yaml",
    "*.yml",
    "*.json",
    sniff=rb"(?:^|[{,])\s*[\"']?apiVersion[\"']?\s*:",
    hides=tuple(_TYPES.values()),
)
def kubernetes(files: Sequence[File], found: Found) -> None:
    """Every object, and for jobs what they call."""
    objects: list[tuple[File, Map]] = []
    for file in files:
        try:
            documents = [file.json] if file.name.endswith(".json") else file.yaml
        except Unreadable as error:
            templated = b"{{" in file.data
            hint = "helm template CHART > rendered.yaml" if templated else "kubectl apply --dry-run=client"
            found.gap(file, f"a Helm template: {error.what}" if templated else error.what, hint, error.line)
            continue
        for document in documents:
            objects += [(file, item) for item in _objects(document)]
    maps = {_key(item): item for _, item in objects if item.get("kind") == "ConfigMap"}
    for file, item in objects:
        _object(file, item, maps, found)


def _objects(document: Any) -> Iterator[Map]:
    if not isinstance(document, Map) or not isinstance(document.get("kind"), str):
        return
    if document["kind"] == "List":
        for item in as_list(document.get("items")):
            yield from _objects(item)
    elif isinstance(dig(document, "metadata", "name"), str) and "apiVersion" in document:
        yield document


def _key(item: Map) -> tuple[str, str]:
    return str(dig(item, "metadata", "namespace") or "default"), str(dig(item, "metadata", "name"))


def _object(file: File, item: Map, maps: dict[tuple[str, str], Map], found: Found) -> None:
    kind, (namespace, name) = item["kind"], _key(item)
    target = _TYPES.get(kind, f"kubernetes_{attribute_name(kind)}")
    attributes = _attributes(item)
    lines: dict[str, int | str] = dict(lines_below(attributes))
    calls = list(_calls(file, item, namespace, maps)) if target in _PODS else []
    if calls:
        attributes["calls"] = [{key: part for key, part in call.items() if key != "line"} for call in calls]
        lines |= {f"calls.{number}": call["line"] for number, call in enumerate(calls)}
    address = f"{kind}/{name}" if namespace == "default" else f"{kind}/{namespace}/{name}"
    found.fact(file, target, address, name=name, line=item.line, attributes=attributes, lines=lines)
    for setting, line, of, source in (*_settings(item), *_configured(item)):
        found.setting(file, setting, "set", line, of=f"{name}.{of}", more={"from": source})


def _attributes(item: Map) -> Map:
    attributes = Map(item.line)
    for key in ("metadata", "spec"):
        if isinstance(item.get(key), Map):
            _put(attributes, key, _blocks(item[key]), line_of(item, key))
    if item["kind"] in ("ConfigMap", "Secret"):
        names = sorted(key for part in _SECRET_KEYS for key in as_map(item.get(part)))
        _put(attributes, "names", list(names), item.line)
    return attributes


def _configured(item: Map) -> Iterator[tuple[str, int, str, str]]:
    """The keys of a ConfigMap that are names of settings."""
    if item["kind"] == "ConfigMap":
        keys = [key for key in as_map(item.get("data")) if key.isidentifier() and key.isupper()]
        yield from ((key, line_of(item, "data", key), "data", "config-map") for key in keys)


def _put(into: Map, key: str, value: Any, line: int) -> None:
    if value is not None:
        into[key], into.lines[key] = value, line


def _blocks(node: Any) -> Any:
    """Structures as blocks with Terraform's names; maps of names (labels, selectors, data) keep their keys."""
    block = _block(node)
    listed = Seq(block.line)
    listed.append(block)
    listed.lines.append(block.line)
    return listed


_PLAIN_MAPS = frozenset(
    {"labels", "annotations", "matchLabels", "selector", "limits", "requests", "nodeSelector"}
)


def _block(node: Map) -> Map:
    found = Map(node.line)
    for key, value in node.items():
        name = "container" if key == "containers" else attribute_name(key)
        if isinstance(value, Map) and key not in _PLAIN_MAPS:
            value = _blocks(value)
        elif isinstance(value, Seq):
            items = Seq(value.line)
            items.extend(_block(item) if isinstance(item, Map) else item for item in value)
            items.lines = list(value.lines)
            value = items
        found[name], found.lines[name] = value, node.lines.get(key, node.line)
    return found


def _pods(item: Map) -> Iterator[Map]:
    for path in (
        ("spec",),
        ("spec", "template", "spec"),
        ("spec", "jobTemplate", "spec", "template", "spec"),
    ):
        pod = dig(item, *path)
        if isinstance(pod, Map) and isinstance(pod.get("containers"), Seq):
            yield pod


def _containers(item: Map) -> Iterator[Map]:
    for pod in _pods(item):
        yield from (entry for entry in pod["containers"] if isinstance(entry, Map))


def _settings(item: Map) -> Iterator[tuple[str, int, str, str]]:
    """Name, line, container and source of each setting that an object gives its containers."""
    for container in _containers(item):
        for number, entry in enumerate(as_list(container.get("env"))):
            name = as_map(entry).get("name")
            if isinstance(name, str):
                secret = dig(entry, "valueFrom", "secretKeyRef") is not None
                line = line_of(container, "env", number, "name")
                yield name, line, str(container.get("name", "")), "secret" if secret else "manifest"


def _environment(container: Map, namespace: str, maps: dict[tuple[str, str], Map]) -> dict[str, str]:
    """Values that the manifests themselves give, used to resolve URLs and then dropped."""
    known: dict[str, str] = {}
    for source in as_list(container.get("envFrom")):
        name = dig(source, "configMapRef", "name")
        data = as_map(as_map(maps.get((namespace, str(name)))).get("data"))
        known |= {key: str(value) for key, value in data.items()}
    for entry in as_list(container.get("env")):
        name, value = as_map(entry).get("name"), as_map(entry).get("value")
        if isinstance(name, str) and value is not None:
            known[name] = str(value)
        reference = dig(entry, "valueFrom", "configMapKeyRef")
        if isinstance(name, str) and isinstance(reference, Map):
            data = as_map(as_map(maps.get((namespace, str(reference.get("name"))))).get("data"))
            if str(reference.get("key")) in data:
                known[name] = str(data[str(reference.get("key"))])
    return known


def _calls(
    file: File, item: Map, namespace: str, maps: dict[tuple[str, str], Map]
) -> Iterator[dict[str, Any]]:
    """The URLs that a container's command names, with the method."""
    for container in _containers(item):
        known = _environment(container, namespace, maps)
        words = [
            (word, line_of(container, key, i))
            for key in ("command", "args")
            for i, word in _words(container, key)
        ]
        text = " ".join(word for word, _ in words)
        method = _METHOD.search(text)
        verb = method.group(1).upper() if method else "POST" if _BODY.search(text) else "GET"
        for word, line in words:
            for match in _URL.finditer(word):
                at = _line_inside(file, match.group(), line)
                yield {"method": verb, "url": _substituted(match.group().rstrip(".,"), known), "line": at}


def _words(container: Map, key: str) -> list[tuple[int, str]]:
    return [(i, word) for i, word in enumerate(as_list(container.get(key))) if isinstance(word, str)]


def _line_inside(file: File, url: str, line: int) -> int:
    """The line of the text that a URL stands on: a block's text begins below its mark, folded."""
    below = file.text.splitlines()[max(line - 1, 0) : line + 40]
    return next((line + number for number, text in enumerate(below) if url in text), line)


def _substituted(url: str, known: dict[str, str]) -> Value:
    missing = []

    def one(match: re.Match[str]) -> str:
        name = next(group for group in match.groups() if group)
        if name not in known:
            missing.append(name)
        return known.get(name, "")

    text = _VARIABLE.sub(one, url)
    return Unread(f"the variable {missing[0]} is not set in the manifests") if missing else text
