"""Terraform state and plan files: which resources are listed, never their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.repo.lined import Map, as_list, as_map, line_of
from launchbook.repo.reader import File, Found, reader
from launchbook.repo.terraform.names import name_of

#: Resources of one state that are listed: no plan of more would end.
MOST = 20_000


@reader("Terraform state", "*.tfstate", "*.tfstate.backup", "*.tfstate.json", limit=20_000_000)
def terraform_state(file: File, found: Found) -> None:
    """Each managed resource of a state file in version 4, by name; the file itself is a finding for others."""
    document = file.json
    if not isinstance(document, Map):
        found.gap(file, "this is no Terraform state", "terraform show -json")
        return
    version = document.get("version")
    resources = as_list(document.get("resources"))
    found.fact(
        file,
        "terraform_state",
        "state",
        name=file.shown,
        line=1,
        attributes={"version": version, "resources": len(resources), "serial": document.get("serial")},
        whole=False,
        lines={"lineage": line_of(document, "lineage"), "version": line_of(document, "version")},
        origin="state",
    )
    if version != 4:
        found.gap(
            file, f"state of version {version} is not read", "terraform state pull with a current Terraform"
        )
    if len(resources) > MOST:
        found.gap(file, f"{len(resources):,} resources are more than are read ({MOST:,})", "split the state")
    for number, resource in enumerate(resources[:MOST] if version == 4 else []):
        if isinstance(resource, Map) and resource.get("mode", "managed") == "managed":
            _resource(
                file, resource, line_of(resource, "type") or line_of(document, "resources", number), found
            )


def _resource(file: File, resource: Map, line: int, found: Found) -> None:
    kind = resource.get("type")
    if not isinstance(kind, str):
        return
    prefix = f"{resource['module']}." if isinstance(resource.get("module"), str) else ""
    base = f"{prefix}{kind}.{resource.get('name')}"
    for instance in as_list(resource.get("instances")) or [Map(line)]:
        index = as_map(instance).get("index_key")
        address = (
            base if index is None else f'{base}["{index}"]' if isinstance(index, str) else f"{base}[{index}]"
        )
        attributes = as_map(as_map(instance).get("attributes"))
        name = name_of(kind, attributes) or address
        found.fact(file, kind, address, name=name, line=line, origin="state", whole=False)


@reader(
    "Terraform plan",
    "*.tfplan",
    "*.plan",
    "tfplan",
    "*plan*.json",
    sniff=rb"^PK\x03\x04|\"resource_changes\"\s*:",
    limit=20_000_000,
)
def terraform_plan(file: File, found: Found) -> None:
    """A plan that lies in the repository: the file as evidence, and the resources of a JSON plan by name."""
    found.document(file, "terraform-plan", title=file.name)
    if file.data.startswith(b"PK"):
        hint = f"terraform show -json {file.shown}"
        found.gap(file, "a binary plan is not read", hint, hides=())
        return
    for address, kind, name, actions in _changes(file.json):
        attributes: dict[str, Value] = {"planned_actions": actions}
        found.fact(file, kind, address, name=name, line=1, attributes=attributes, origin="state", whole=False)


def _changes(document: Any) -> Iterator[tuple[str, str, str, list[Value]]]:
    for item in as_list(as_map(document).get("resource_changes")):
        change = as_map(as_map(item).get("change"))
        kind, address = as_map(item).get("type"), as_map(item).get("address")
        if (
            isinstance(kind, str)
            and isinstance(address, str)
            and as_map(item).get("mode", "managed") == "managed"
        ):
            after = as_map(change.get("after"))
            yield address, kind, name_of(kind, after) or address, list(as_list(change.get("actions")))
