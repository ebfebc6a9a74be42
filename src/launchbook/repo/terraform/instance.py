"""A module with its arguments: what its names mean, and the resources it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from launchbook.model import Ref, Unread, Value
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.scope import ACCOUNT, PARTITION, REGION, Budget, Scope, stepped
from launchbook.repo.hcl.syntax import references
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Tree
from launchbook.repo.terraform.bodies import META, read_body
from launchbook.repo.terraform.copies import Copy, copies
from launchbook.repo.terraform.module import Declared, Module, literal
from launchbook.repo.terraform.policy import policy_document

_GOING_ON = Unread("it refers to itself")
_FROM_ACCOUNT = "a data source: only the account knows"
#: Attributes that resources have without being given them.
_USUAL = ("arn", "arn_suffix", "dns_name", "id", "name", "url")
_CONTEXT: dict[str, dict[str, Value]] = {
    "aws_caller_identity": {"account_id": ACCOUNT, "id": ACCOUNT},
    "aws_region": {"name": REGION, "region": REGION, "id": REGION},
    "aws_partition": {"partition": PARTITION},
}


@dataclass
class Instance:
    """One use of a module: the root, or what a ``module`` block makes of it.

    ``prefix`` is its address (``module.jobs.``), ``owner`` the root's file that the ids of its resources begin
    with (None for the root itself); ``variable`` gives a variable's value, ``condition`` and ``created`` what its
    call depends on.
    """

    module: Module
    tree: Tree
    variable: Callable[[str], Value]
    budget: Budget
    environment: str = ""
    root: str = ""
    prefix: str = ""
    owner: File | None = None
    condition: str = ""
    created: bool | None = True
    children: dict[str, list[Instance]] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    _values: dict[tuple[str, ...], Value] = field(default_factory=dict)
    _copies: dict[tuple[str, str], list[Copy]] = field(default_factory=dict)

    def scope(self, copy: Copy | None = None) -> Scope:
        """What names mean here, in one copy of a block."""
        return Scope(self.resolve, self.call, self.budget, dict(copy.bound) if copy else {})

    def copies(self, key: tuple[str, str]) -> list[Copy]:
        """The copies of a resource."""
        if key not in self._copies:
            self._copies[key] = [Copy("", {}, "its count refers to itself", None)]
            self._copies[key] = copies(self.module.resources[key].body, self.scope())
        return self._copies[key]

    def id_of(self, key: tuple[str, str], copy: Copy) -> str:
        """The id of a resource's fact."""
        file = self.owner or self.module.resources[key].file
        return f"{file.shown}#{self.address(key, copy)}"

    def address(self, key: tuple[str, str], copy: Copy) -> str:
        """The address as Terraform writes it, without ``[0]`` where ``count`` makes one copy or none."""
        return f"{self.prefix}{key[0]}.{key[1]}{copy.suffix}"

    def resolve(self, parts: tuple[str, ...], scope: Scope) -> Value:
        """The value of a reference (``var.x``, ``local.y.z``, ``aws_sqs_queue.jobs.arn``)."""
        match parts:
            case ("var", name, *rest):
                return stepped(self._once(("var", name), lambda: self.variable(name)), rest)
            case ("local", name, *rest):
                return stepped(self._once(("local", name), lambda: self._local(name)), rest)
            case ("data", kind, name, *rest):
                return stepped(self._once(("data", kind, name), lambda: self._data(kind, name)), rest)
            case ("module", name, *rest):
                return self._output(name, rest)
            case ("path", which):
                return (self.root if which in ("root", "cwd") else self.module.folder) or "."
            case ("terraform", "workspace"):
                return self.environment or Unread("the workspace is chosen when it runs")
            case (kind, name, *rest) if (kind, name) in self.module.resources:
                return self._resource((kind, name), rest)
        return Unread(f"{'.'.join(parts[:2])} is not declared")

    def call(self, name: str, values: list[Value], scope: Scope) -> Value:
        """A function that is none of the pure ones: ``file`` and ``templatefile`` inside the root, else Unread."""
        if name not in ("file", "templatefile") or not values or not isinstance(values[0], str):
            return Unread(f"{name}() is not evaluated here")
        file = self.tree.get(values[0])
        if file is None or file.size > 256_000:
            return Unread(f"{name}() of what is not in the repository")
        try:
            return file.text if name == "file" else self._template(file, values, scope)
        except Unreadable as error:
            return Unread(error.what)

    def _template(self, file: File, values: list[Value], scope: Scope) -> Value:
        body = parse_hcl(f"text = <<END_OF_TEMPLATE\n{file.text.rstrip()}\nEND_OF_TEMPLATE\n")
        known = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        if body.broken or "text" not in body.attributes:
            return Unread("the template does not parse")
        return evaluate(body.attributes["text"].value, scope.with_bound(known))

    def _once(self, key: tuple[str, ...], value: Callable[[], Value]) -> Value:
        if key not in self._values:
            self._values[key] = _GOING_ON
            self._values[key] = value()
        return self._values[key]

    def _local(self, name: str) -> Value:
        if name not in self.module.local_values:
            return Unread(f"local.{name} is not declared")
        declared, key = self.module.local_values[name]
        return evaluate(declared.body.attributes[key].value, self.scope())

    def _data(self, kind: str, name: str) -> Value:
        declared = self.module.data.get((kind, name))
        if kind in _CONTEXT:
            return dict(_CONTEXT[kind])
        if declared is None or kind != "aws_iam_policy_document":
            return Unread(_FROM_ACCOUNT)
        copy = next(iter(copies(declared.body, self.scope())), Copy())
        return {"json": policy_document(read_body(declared.body, self.scope(copy)).attributes)}

    def _output(self, name: str, rest: list[str]) -> Value:
        called = self.children.get(name)
        if not called:
            made = tuple(Ref(one, rest[0] if rest else "id") for one in self._elsewhere(name))
            return Unread(f"module.{name} is not read here", refs=made)
        if not rest:
            return self._all_of(name, called)
        if rest[0].isdigit() and len(rest) > 1:
            called, rest = called[int(rest[0]) :][:1] or called, rest[1:]
        elif len(rest) > 1 and rest[0] not in called[0].module.outputs:
            chosen = [child for child in called if child.prefix.endswith(f'["{rest[0]}"].')]
            called, rest = chosen or called, rest[1:]
        child = called[0]
        if rest[0] not in child.module.outputs:
            return Unread(f"module.{name} has no such output")
        return stepped(child.output(rest[0]), rest[1:])

    def _all_of(self, name: str, called: list[Instance]) -> Value:
        """A whole module as others loop over it: what each of its copies gives, by its key or number."""
        keys = [child.prefix.removeprefix(f"{self.prefix}module.{name}").strip(".[]") for child in called]
        written = self.module.calls[name].body.attributes
        if keys == [""]:
            if "for_each" in written or "count" in written:
                return Unread(f"how many copies of module.{name} there are is not known")
            return _given(called[0])
        if "count" in written:
            each: list[Value] = [_given(child) for child in called]
            return each
        return {key.strip('"'): _given(child) for key, child in zip(keys, called, strict=True)}

    def output(self, name: str) -> Value:
        """The value of one of the module's outputs."""
        attribute = self.module.outputs[name].body.attributes.get("value")
        if attribute is None:
            return Unread(f'output "{name}" has no value')
        return self._once(("output", name), lambda: evaluate(attribute.value, self.scope()))

    def _resource(self, key: tuple[str, str], rest: list[str]) -> Value:
        """A configured attribute's value if files decide it, else a reference by identity."""
        made = self.copies(key)
        if made[0].suffix:
            chosen = [copy for copy in made if rest and copy.suffix in (f"[{rest[0]}]", f'["{rest[0]}"]')]
            if not chosen and not rest and made[0].suffix.startswith('["'):
                return {copy.suffix[2:-2]: self._whole(key, copy) for copy in made}
            if not chosen:
                each: list[Value] = [self._attribute(key, copy, rest) for copy in made]
                return each
            return self._attribute(key, chosen[0], rest[1:])
        return self._attribute(key, made[0], rest[1:] if rest and rest[0].isdigit() else rest)

    def _whole(self, key: tuple[str, str], copy: Copy) -> Value:
        """A resource as a value that others loop over: its configured attributes, and references for the usual rest."""
        names = {*_USUAL, *self.module.resources[key].body.attributes} - META
        return {name: self._attribute(key, copy, [name]) for name in sorted(names)}

    def _attribute(self, key: tuple[str, str], copy: Copy, rest: list[str]) -> Value:
        pointer = Ref(self.id_of(key, copy), rest[0] if rest else "id")
        attribute = self.module.resources[key].body.attributes.get(rest[0]) if rest else None
        if attribute is None:
            return pointer
        mark = (*key, copy.suffix, rest[0])
        value = stepped(self._once(mark, lambda: evaluate(attribute.value, self.scope(copy))), rest[1:])
        return pointer if isinstance(value, Unread) else value

    def referred(self, declared: Declared, copy: Copy, parts: tuple[str, ...]) -> Iterator[str]:
        """The ids that a reference in one copy of a resource comes to, ``each.value`` through what it loops over."""
        if parts[:2] != ("each", "value"):
            yield from self.targets(parts)
            return
        over = declared.body.attributes.get("for_each")
        for one in references(over.value) if over else ():
            # ``for_each = aws_sqs_queue.jobs``: each copy speaks of the one with its own key.
            if one[:2] in self.module.resources:
                yield from self.targets((*one[:2], copy.suffix.replace('"', "")))
            elif one[0] == "module":
                yield from self.targets((*one[:2], copy.suffix.replace('"', ""), *parts[2:]))

    def targets(self, parts: tuple[str, ...], depth: int = 0) -> Iterator[str]:
        """The ids of the resources that a reference comes to, through locals and outputs."""
        match parts:
            case (kind, name, *rest) if (kind, name) in self.module.resources:
                index = rest[0][1:-1] if rest and rest[0].startswith("[") else None
                each = self.copies((kind, name))
                chosen = [copy for copy in each if copy.suffix in (f"[{index}]", f'["{index}"]')]
                yield from (self.id_of((kind, name), copy) for copy in (chosen or each)[:10])
            case ("local", name, *_) if depth < 6 and name in self.module.local_values:
                declared, key = self.module.local_values[name]
                yield from self._through(declared, key, depth)
            case ("module", name, *rest) if depth < 6 and self.children.get(name):
                key = rest[0][1:-1] if rest and rest[0].startswith("[") else ""
                called = self.children[name]
                ends = (f'["{key}"].', f"[{key}].")
                child = next((one for one in called if one.prefix.endswith(ends)), called[0])
                wanted = next((part for part in rest if part in child.module.outputs), "")
                if wanted:
                    yield from child._through(child.module.outputs[wanted], "value", depth)
            case ("module", name, *_):
                yield from self._elsewhere(name)

    def _elsewhere(self, name: str) -> Iterator[str]:
        """The ids of what a call makes whose module is not in the repository."""
        declared = self.module.calls.get(name)
        if declared is None or literal(declared.body, "source").startswith("."):
            return
        file = self.owner or declared.file
        for copy in copies(declared.body, self.scope())[:10]:
            yield f"{file.shown}#{self.prefix}module.{name}{copy.suffix}"

    def _through(self, declared: Declared, key: str, depth: int) -> Iterator[str]:
        attribute = declared.body.attributes.get(key)
        for parts in references(attribute.value) if attribute else ():
            yield from self.targets(parts, depth + 1)


def _given(child: Instance) -> Value:
    """Everything that one copy of a module gives."""
    return {name: child.output(name) for name in child.module.outputs}
