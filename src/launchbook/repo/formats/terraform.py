"""Terraform: one folder is one module; modules that nobody calls are roots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from launchbook.model import Unread, Value
from launchbook.repo.environments import environment_of
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.scope import Budget, plain_scope
from launchbook.repo.reader import File, Found, reader, reader_of_all, unread
from launchbook.repo.scrub import kept
from launchbook.repo.terraform.apis import APIS, api_routes
from launchbook.repo.terraform.bodies import META, read_body
from launchbook.repo.terraform.calls import call_modules, sources
from launchbook.repo.terraform.copies import Copy, both
from launchbook.repo.terraform.instance import Instance
from launchbook.repo.terraform.module import GLOBS, LIMIT, SOURCES, Declared, Module, read_module
from launchbook.repo.terraform.names import name_of
from launchbook.repo.terraform.terragrunt import NAMES as TERRAGRUNT
from launchbook.repo.terraform.terragrunt import Unit, region_of, units
from launchbook.repo.terraform.types import typed
from launchbook.repo.terraform.variables import VariableFiles, read_variable_files


@reader("Terraform backend", "backend*.hcl", "*.backend.hcl", "*.tfbackend", hides=(), limit=LIMIT)
def backend_file(file: File, found: Found) -> None:
    """Where a state lies, as ``terraform init -backend-config`` is given it."""
    values = read_body(parse_hcl(file.text), plain_scope(), frozenset())
    name = environment_of(file.path)
    attributes = {**values.attributes, "environment": name}
    found.fact(
        file,
        "terraform_backend",
        "backend",
        name=name,
        line=1,
        attributes=attributes,
        lines=dict(values.lines),
    )


@reader_of_all("Terraform", *GLOBS, "*.tfvars", "*.tfvars.json", *TERRAGRUNT, limit=LIMIT)
def terraform(files: Sequence[File], found: Found) -> None:
    """Every root module with what it calls, evaluated as far as files decide."""
    modules = _modules([file for file in files if file.name.endswith(SOURCES)], found)
    wraps = [file for file in files if file.name in TERRAGRUNT]
    given = [file for file in files if not file.name.endswith(SOURCES) and file not in wraps]
    variables = _variable_files(given, modules)
    wrapped: dict[str, list[Unit]] = {}
    for unit in units(wraps, set(modules), found):
        wrapped.setdefault(unit.folder, []).append(unit)
    called = {target for module in modules.values() for target in sources(module) if target != module.folder}
    roots = [folder for folder in modules if folder not in called]
    # A unit uses its module itself, whatever else calls it.
    roots += [folder for folder in modules if folder in called and folder in wrapped]
    visited: set[str] = set()
    for folder in (*roots, *(folder for folder in modules if folder not in roots)):
        if folder in visited and folder not in roots:
            continue
        with found.sparing(modules[folder].files[0], "Terraform"):
            read = read_variable_files(variables.get(folder, []), folder, found)
            for unit in wrapped.get(folder, ()):
                read.add(unit.environment or unit.file.folder, unit.file, unit.values)
            region = region_of(wrapped.get(folder, ()), found.environment)
            _root(modules[folder], read, modules, visited, region, found)


def _modules(files: Sequence[File], found: Found) -> dict[str, Module]:
    folders: dict[str, list[File]] = {}
    for file in files:
        folders.setdefault(file.folder, []).append(file)
    return {folder: read_module(folder, inside, found) for folder, inside in sorted(folders.items())}


def _variable_files(files: Sequence[File], modules: dict[str, Module]) -> dict[str, list[File]]:
    """The root each variable file belongs to: its own folder, else the nearest above, else the ones beside."""
    found: dict[str, list[File]] = {}
    for file in files:
        folder = file.folder
        while folder and folder not in modules:
            folder = folder.rpartition("/")[0]
        above = file.folder.rpartition("/")[0]
        beside = [name for name in modules if name.rpartition("/")[0] == above]
        for name in [folder] if folder in modules else beside:
            found.setdefault(name, []).append(file)
    return found


def _root(
    module: Module,
    variables: VariableFiles,
    modules: dict[str, Module],
    visited: set[str],
    region: str,
    found: Found,
) -> None:
    instance = Instance(
        module,
        found.tree,
        lambda name: _variable(module, name, variables, found.environment),
        Budget(),
        found.environment,
        module.folder,
    )
    call_modules(instance, modules, visited, found)
    instance.regions = ({"": region} if region else {}) | _regions(instance)
    _root_facts(instance, variables, found)
    for below in _everything(instance):
        _resources(below, instance.regions, found)
    if instance.budget.left <= 0:
        found.gap(
            module.files[0], "the configuration is too large to evaluate whole", "split it into modules"
        )


def _everything(instance: Instance) -> Iterator[Instance]:
    yield instance
    for children in instance.children.values():
        for child in children:
            yield from _everything(child)


def _variable(module: Module, name: str, variables: VariableFiles, environment: str) -> Value:
    declared = module.variables.get(name)
    if declared is None:
        return Unread(f'variable "{name}" is not declared')
    sensitive = declared.body.attributes.get("sensitive")
    if sensitive is not None:
        return Unread(f'variable "{name}" is sensitive')
    return typed(declared, variables.value(name, default_of(declared, name), environment))


def default_of(declared: Declared, name: str) -> Value:
    """A variable's default; Unread when it has none."""
    attribute = declared.body.attributes.get("default")
    if attribute is None:
        return Unread(f'variable "{name}" has no default')
    return evaluate(attribute.value, plain_scope())


def _regions(instance: Instance) -> dict[str, str]:
    """Region by provider alias; the default provider is ``""``."""
    regions: dict[str, str] = {}
    for declared in instance.module.providers:
        values = read_body(declared.body, instance.scope(), frozenset()).attributes
        region, alias = values.get("region"), values.get("alias")
        if declared.block.labels == ("aws",) and isinstance(region, str):
            regions[alias if isinstance(alias, str) else ""] = region
    return regions


def _region_lines(instance: Instance) -> dict[str, str]:
    """Where each provider's region is written, by the path of the region."""
    found: dict[str, str] = {}
    for declared in instance.module.providers:
        values = read_body(declared.body, instance.scope(), frozenset())
        alias = values.attributes.get("alias")
        at = values.lines.get("region", declared.block.line)
        if declared.block.labels == ("aws",):
            found[f"regions.{alias if isinstance(alias, str) else ''}"] = f"{declared.file.shown}:{at}"
    return found


def _root_facts(instance: Instance, variables: VariableFiles, found: Found) -> None:
    module = instance.module
    first = module.settings[0] if module.settings else None
    file = first.file if first else module.files[0]
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    for declared in module.settings:
        values = read_body(declared.body, instance.scope(), frozenset())
        attributes |= {name: value for name, value in values.attributes.items() if name != "cloud"}
        lines |= {path: f"{declared.file.shown}:{line}" for path, line in values.lines.items()}
    attributes["backend"] = [_backend(declared) for declared in _backends(module)]
    attributes["regions"] = dict(instance.regions)
    lines |= _region_lines(instance)
    attributes["variable_files"] = {name or "loaded": list(paths) for name, paths in variables.files.items()}
    lock = f"{module.folder}/.terraform.lock.hcl" if module.folder else ".terraform.lock.hcl"
    attributes["lock_file"] = found.tree.get(lock) is not None
    line = first.block.line if first else 1
    found.fact(
        file,
        "terraform_root",
        "terraform",
        name=module.folder or ".",
        line=line,
        attributes=attributes,
        lines=lines,
    )
    for declared in _backends(module):
        _backend_fact(declared, found)
    for name, declared in module.variables.items():
        _variable_fact(name, declared, instance, variables, found)


def _backends(module: Module) -> Iterator[Declared]:
    for declared in module.settings:
        for block in declared.body.blocks:
            if block.kind in ("backend", "cloud"):
                yield Declared(block, declared.file)


def _backend(declared: Declared) -> Value:
    """A backend with what its block says; the rest may come from ``-backend-config`` and is not known here."""
    block = declared.block
    values: dict[str, Value] = {"type": block.labels[0] if block.labels else block.kind}
    values |= read_body(block.body, plain_scope(), frozenset()).attributes
    if values["type"] == "s3":
        for name in ("bucket", "key", "region"):
            values.setdefault(name, unread("given by -backend-config when it runs"))
    return values


def _backend_fact(declared: Declared, found: Found) -> None:
    block = declared.block
    kind = block.labels[0] if block.labels else block.kind
    values = _backend(declared)
    lines = {name: attribute.line for name, attribute in block.body.attributes.items()}
    found.fact(
        declared.file,
        "terraform_backend",
        f"backend.{kind}",
        name=kind,
        line=block.line,
        attributes=values if isinstance(values, dict) else {},
        lines=dict(lines),
    )


def _variable_fact(
    name: str, declared: Declared, instance: Instance, files: VariableFiles, found: Found
) -> None:
    values: dict[str, Value] = {}
    for key in ("default", "description", "sensitive"):
        if key in declared.body.attributes:
            values[key] = evaluate(declared.body.attributes[key].value, plain_scope())
    if values.pop("sensitive", False):
        values |= {"sensitive": True, "default": unread("the variable is sensitive")}
    values |= {key: kept(name, value) for key, value in values.items() if key == "default"}
    values["value"] = kept(name, instance.resolve(("var", name), instance.scope()))
    lines: dict[str, int | str] = {key: attribute.line for key, attribute in declared.body.attributes.items()}
    lines["value"] = files.places.get(name, lines.get("default", declared.block.line))
    line = declared.block.line
    found.fact(
        declared.file,
        "parameter",
        f"var.{name}",
        name=name,
        line=line,
        attributes=values,
        lines=lines,
    )


def _resources(instance: Instance, regions: dict[str, str], found: Found) -> None:
    for key, declared in instance.module.resources.items():
        for copy in instance.copies(key):
            _resource(instance, key, declared, copy, regions, found)


def _resource(
    instance: Instance,
    key: tuple[str, str],
    declared: Declared,
    copy: Copy,
    regions: dict[str, str],
    found: Found,
) -> None:
    values = read_body(declared.body, instance.scope(copy), META)
    address = instance.address(key, copy)
    fact = found.fact(
        declared.file,
        key[0],
        address,
        name=name_of(key[0], values.attributes) or address,
        line=declared.block.line,
        attributes=values.attributes,
        lines=values.lines,
        whole=not declared.body.everything_broken(),
        condition="; ".join(part for part in (instance.condition, copy.condition) if part),
        created=both(copy.created, instance.created),
        region=_region(declared, values.attributes, regions),
        owner=instance.owner,
    )
    for path, parts in values.refers:
        for target in instance.referred(declared, copy, parts):
            found.refer(fact, path, target)
    if key[0] in APIS and "body" in values.attributes:
        api_routes(declared.file, fact, values, found)


def _region(declared: Declared, attributes: dict[str, Value], regions: dict[str, str]) -> str:
    own = attributes.get("region")
    if isinstance(own, str):
        return own
    provider = declared.body.attributes.get("provider")
    alias = getattr(provider.value, "name", "") if provider else ""
    return regions.get("" if alias == "aws" else alias, "")
