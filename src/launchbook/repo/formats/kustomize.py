"""Kustomizations: the base of each overlay, what it changes by environment, the maps and secrets that it generates."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.environments import named_environment
from launchbook.repo.kubernetes.kustomizations import (
    NAMES,
    document_of,
    is_remote,
    literals_of,
    patches_of,
    path_from,
)
from launchbook.repo.lined import Map, Unreadable, as_list, dig, line_of
from launchbook.repo.reader import File, Found, reader

_OF_CLUSTERS = ("kubernetes_*",)
_PLAIN = {
    "namespace": "namespace",
    "namePrefix": "name_prefix",
    "nameSuffix": "name_suffix",
}
#: Sections whose effect on the objects is not worked out.
_CHANGES = {
    "images": "images",
    "replicas": "replicas",
    "namePrefix": "a name prefix",
    "nameSuffix": "a name suffix",
    "namespace": "the namespace",
    "replacements": "replacements",
    "vars": "variables",
    "transformers": "transformers",
    "components": "components",
}
_GENERATES = {
    "configMapGenerator": ("kubernetes_config_map_v1", "ConfigMap", "config-map"),
    "secretGenerator": ("kubernetes_secret_v1", "Secret", "secret"),
}
_NAME = regex(r"^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=")


@reader("Kustomize", *NAMES, hides=_OF_CLUSTERS)
def kustomize(file: File, found: Found) -> None:
    """One fact a kustomization, with its bases as relations; what it changes of a base is a gap for those kinds."""
    document = document_of(file)
    environment = named_environment(file.folder)
    attributes: dict[str, Value] = {"environment": environment}
    lines: dict[str, int | str] = {}
    for key, name in _PLAIN.items():
        if isinstance(document.get(key), str):
            attributes[name], lines[name] = document[key], line_of(document, key)
    for section, rename in (
        ("images", {"name": "name", "newName": "new_name", "newTag": "new_tag", "digest": "digest"}),
        ("replicas", {"name": "name", "count": "count"}),
    ):
        held = as_list(document.get(section))
        if held:
            attributes[section] = [
                {rename[k]: _plain(dig(one, k)) for k in rename if dig(one, k)} for one in held
            ]
            lines[section] = line_of(document, section)
            lines |= {f"{section}.{at}": line_of(document, section, at) for at in range(len(held))}
    patches = list(patches_of(file, document))
    attributes["patches"] = [path for path, _ in patches if path]
    fact = found.fact(
        file,
        "kustomization",
        "kustomization",
        name=file.folder or ".",
        line=1,
        attributes=attributes,
        lines=lines,
    )
    based = list(_bases(file, document, found))
    for path, at in based:
        found.relation("overlay", fact.id, path, file.where(at))
    _said(file, document, [at for _, at in patches], bool(based), found)
    for section in _GENERATES:
        for number, generator in enumerate(as_list(document.get(section))):
            _generated(file, document, section, number, generator, environment, found)


def _plain(value: object) -> Value:
    return value if isinstance(value, str | int) else str(value)


def _bases(file: File, document: Map, found: Found) -> Iterator[tuple[str, int]]:
    """The folders in the repository that a kustomization builds on; one elsewhere, or missing, is a gap."""
    for section in ("resources", "bases", "components"):
        for number, entry in enumerate(as_list(document.get(section))):
            if not isinstance(entry, str):
                continue
            at = line_of(document, section, number)
            path = path_from(file, entry)
            if is_remote(entry):
                found.gap(
                    file, f"{entry} is in another repository", f"kubectl kustomize {file.folder or '.'}", at
                )
            elif any(f"{path}/{name}" in found.tree.files for name in NAMES):
                yield path, at
            elif path not in found.tree.files:
                found.gap(file, f"{entry} is not in the repository", "add it, or take the entry out", at)
    for section in ("helmCharts", "generators"):
        if document.get(section):
            what = f"{section} make objects that are not read here"
            found.gap(
                file,
                what,
                f"kubectl kustomize --enable-helm {file.folder or '.'}",
                line_of(document, section),
            )


def _said(file: File, document: Map, patches: list[int], based: bool, found: Found) -> None:
    """One gap for everything that makes what runs differ from what the base says."""
    changes = [words for key, words in _CHANGES.items() if document.get(key)]
    places = [line_of(document, key) for key in _CHANGES if document.get(key)] + patches
    if patches:
        changes.append(f"{len(patches)} patch{'es' if len(patches) > 1 else ''}")
    if changes and based:
        what = f"this overlay changes what its base says ({', '.join(changes)}): the base is shown as it is written"
        found.gap(file, what, f"kubectl kustomize {file.folder or '.'} > rendered.yaml", min(places))


def _generated(
    file: File, document: Map, section: str, number: int, generator: object, environment: str, found: Found
) -> None:
    """A map or a secret by its name, and the names in it."""
    kind, word, source = _GENERATES[section]
    name, at = str(dig(generator, "name") or ""), line_of(document, section, number)
    names = {key: line_of(document, section, number, "literals") for key in literals_of(generator)}
    listed = as_list(dig(generator, "envs")) or [dig(generator, "env")]
    for path in (one for one in listed if isinstance(one, str)):
        other = found.tree.beside(file, path)
        if other is None:
            found.gap(
                file, f"{path} is not in the repository: the names in it are not known", "add a template", at
            )
            continue
        try:
            names |= {match[1]: at for line in other.text.splitlines() if (match := _NAME.match(line[:400]))}
        except Unreadable as error:
            found.gap(other, error.what, "make the file readable and run again", hides=("setting",))
    attributes: dict[str, Value] = {"names": [*sorted(names)], "generated_by": "kustomize"}
    found.fact(file, kind, f"{word}/{name}", name=name, line=at, attributes=attributes, whole=False)
    for key, line in names.items():
        if key.isidentifier() and key.isupper():
            found.setting(file, key, "set", line, environment, of=f"{name}.data", more={"from": source})
