"""The templates of a repository together: what each one's names mean, with what files and parents give it."""

from __future__ import annotations

from collections.abc import Sequence

from launchbook.repo.cloudformation.nested import Nested
from launchbook.repo.cloudformation.parameters import collect, declared_value
from launchbook.repo.cloudformation.resolve import Template
from launchbook.repo.cloudformation.sam import take_configuration
from launchbook.repo.lined import Map, as_map
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.variables import VariableFiles


class Reading:
    """What the templates of a repository share, and each one's template with the values in force."""

    def __init__(self, found: Found, sam: Sequence[File], settings: dict[str, list[File]]) -> None:
        self.found, self.sam, self.settings = found, sam, settings
        self.nested = Nested(self.template)
        self._known: dict[str, tuple[Template, VariableFiles, str]] = {}

    def template(self, file: File, body: Map) -> Template:
        """The names of a template and what they mean."""
        return self.stack(file, body)[0]

    def stack(self, file: File, body: Map) -> tuple[Template, VariableFiles, str]:
        """A template, the values of its parameters by environment, and its region; kept where others ask for it."""
        if file.path in self._known:
            return self._known[file.path]
        parameters = as_map(body.get("Parameters"))
        values = collect(self.settings.get(file.path, ()))
        region = take_configuration(file, self.sam, values, self.found)
        template = Template(
            lambda name: declared_value(
                name, parameters, values, self.found.environment, lambda one: self.nested.given(file, one)
            ),
            as_map(body.get("Conditions")),
            as_map(body.get("Mappings")),
            {name: f"{file.shown}#{name}" for name in as_map(body.get("Resources"))},
            lambda stack, output: self.nested.output(file, stack, output),
        )
        nests = file.path in self.nested.uses or any(path == file.path for path, _ in self.nested.children)
        if nests:
            self._known[file.path] = (template, values, region)
        return template, values, region
