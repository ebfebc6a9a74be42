"""eksctl cluster files: the cluster and its nodes."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_NODES = {"minSize": "min_size", "maxSize": "max_size", "desiredCapacity": "desired_size"}


_KINDS = ("aws_eks_cluster", "aws_eks_node_group")


@reader("eksctl", "*.yaml", "*.yml", sniff=rb"^apiVersion:\s*eksctl\.io/", hides=_KINDS)
def eksctl(file: File, found: Found) -> None:
    """The cluster of each document, and its node groups."""
    for document in file.yaml:
        name = dig(document, "metadata", "name")
        if not isinstance(document, Map) or not isinstance(name, str):
            continue
        region = dig(document, "metadata", "region")
        where = region if isinstance(region, str) else ""
        attributes: dict[str, Value] = {
            "name": name,
            "version": dig(document, "metadata", "version"),
            "region": where,
        }
        lines = {key: line_of(document, "metadata", key) for key in ("name", "version", "region")}
        found.fact(
            file,
            "aws_eks_cluster",
            "cluster",
            name=name,
            line=document.line,
            attributes=attributes,
            lines=lines,
            region=where,
        )
        for section in ("nodeGroups", "managedNodeGroups"):
            for number, group in enumerate(as_list(document.get(section))):
                _group(file, group, line_of(document, section, number), where, found)


def _group(file: File, group: object, line: int, region: str, found: Found) -> None:
    values = as_map(group)
    sizes: dict[str, Value] = {_NODES[key]: value for key, value in values.items() if key in _NODES}
    attributes: dict[str, Value] = {"scaling_config": [sizes], "instance_types": [values.get("instanceType")]}
    lines = {f"scaling_config.0.{_NODES[key]}": line_of(group, key) for key in values if key in _NODES}
    name = str(values.get("name", "nodes"))
    found.fact(
        file,
        "aws_eks_node_group",
        f"node.{name}",
        name=name,
        line=line,
        attributes=attributes,
        lines=lines,
        region=region,
    )
