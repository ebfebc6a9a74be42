"""Kubernetes manifests: what runs, on which schedule, and the URL that a job calls once its variables are resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.helm.charts import Charts, Templated, stands_in, templated
from launchbook.repo.helm.installs import installs
from launchbook.repo.kubernetes.calls import calls
from launchbook.repo.kubernetes.delivery import delivered
from launchbook.repo.kubernetes.kustomizations import NAMES as KUSTOMIZATIONS
from launchbook.repo.kubernetes.kustomizations import generated_maps, patch_files
from launchbook.repo.kubernetes.objects import Key, containers, key_of, objects
from launchbook.repo.lined import Map, Seq, Unreadable, as_list, as_map, dig, line_of, lines_below
from launchbook.repo.reader import File, Found, reader_of_all, unread

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
    late=True,  # Terraform gives charts values
)
def kubernetes(files: Sequence[File], found: Found) -> None:
    """Every object, and for jobs what they call. A patch of a kustomization is no object of its own."""
    overlays = [file for name in KUSTOMIZATIONS for file in found.tree.named(name)]
    charts = Charts(found, installs(files, found))
    maps = generated_maps(overlays)
    for file in files:
        if b"ConfigMap" in file.data:
            maps |= {
                key_of(one.item): one.item for one in _read(file, charts) if one.item["kind"] == "ConfigMap"
            }
    patches = patch_files(overlays)
    for file in files:
        with found.sparing(file, "Kubernetes"):
            _manifest(file, charts, patches.get(file.path), maps, found)


def _manifest(
    file: File, charts: Charts, overlay: tuple[str, str] | None, maps: Mapping[Key, Map], found: Found
) -> None:
    """Every object of one file; those of a file that an overlay names change others."""
    try:
        for one in _objects(file, charts):
            if overlay is not None:
                _patch(file, one.item, overlay, found)
            elif not _elsewhere(one.item):
                _object(file, one, maps, found)
    except Unreadable as error:
        templated = b"{{" in file.data
        hint = "helm template CHART > rendered.yaml" if templated else "kubectl apply --dry-run=client"
        found.gap(file, f"a Helm template: {error.what}" if templated else error.what, hint, error.line)


def _objects(file: File, charts: Charts) -> Iterator[Templated]:
    """The objects of a manifest, or those that a template of a chart makes."""
    chart = charts.of(file)
    if chart is None:
        yield from map(Templated, objects(file))
        return
    made = list(templated(file, chart))
    yield from made
    reasons = [reason for one in made for reason in one.reasons]
    if reasons:
        what = f"a Helm template: parts of it are not known here ({reasons[0]})"
        line = min(one.item.line for one in made)
        charts.found.gap(
            file, what, "helm template CHART > rendered.yaml", line, (*_TYPES.values(), "setting")
        )


def _elsewhere(item: Map) -> bool:
    """Whether an object is of a tool that only borrows the form."""
    return str(item.get("apiVersion", "")).partition("/")[0] in (
        "skaffold",
        "kustomize.config.k8s.io",
        "kind.x-k8s.io",
    )


def _read(file: File, charts: Charts) -> Iterator[Templated]:
    try:
        chart = charts.of(file)
        yield from map(Templated, objects(file)) if chart is None else templated(file, chart)
    except Unreadable:
        return  # said when its objects are read


def _patch(file: File, item: Map, overlay: tuple[str, str], found: Found) -> None:
    """What an overlay changes of an object of its base, and the environment that it is for."""
    kind, (folder, environment) = str(item["kind"]), overlay
    attributes = _attributes(item)
    lines: dict[str, int | str] = dict(lines_below(attributes))
    attributes["of"] = _TYPES.get(kind, f"kubernetes_{attribute_name(kind)}")
    attributes["overlay"], attributes["environment"] = folder, environment
    name = key_of(item)[1]
    address = f"patch:{kind}/{name}"
    found.fact(
        file, "kustomize_patch", address, name=name, line=item.line, attributes=attributes, lines=lines
    )
    for setting, line, of, source in _settings(item):
        found.setting(file, setting, "set", line, environment, of=f"{name}.{of}", more={"from": source})


def _object(file: File, one: Templated, maps: Mapping[Key, Map], found: Found) -> None:
    item = one.item
    kind, (namespace, name) = item["kind"], key_of(item)
    target = _TYPES.get(kind, f"kubernetes_{attribute_name(kind)}")
    attributes = _attributes(item)
    lines: dict[str, int | str] = dict(lines_below(attributes))
    called = list(calls(file, item, namespace, maps)) if target in _PODS else []
    if called:
        attributes["calls"] = [{key: part for key, part in call.items() if key != "line"} for call in called]
        lines |= {f"calls.{number}": call["line"] for number, call in enumerate(called)}
    address = f"{kind}/{name}" if namespace == "default" else f"{kind}/{namespace}/{name}"
    if stands_in(item):
        attributes["metadata"][0]["name"] = unread(stands_in(item))
    fact = found.fact(
        file,
        target,
        address,
        name=name,
        line=item.line,
        attributes=attributes,
        lines=lines,
        whole=one.whole,
        condition=one.condition,
        created=one.created,
    )
    delivered(file, item, fact, tuple(_TYPES.values()), found)
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


def _settings(item: Map) -> Iterator[tuple[str, int, str, str]]:
    """Name, line, container and source of each setting that an object gives its containers."""
    for container in containers(item):
        for number, entry in enumerate(as_list(container.get("env"))):
            name = as_map(entry).get("name")
            if isinstance(name, str):
                secret = dig(entry, "valueFrom", "secretKeyRef") is not None
                line = line_of(container, "env", number, "name")
                yield name, line, str(container.get("name", "")), "secret" if secret else "manifest"
