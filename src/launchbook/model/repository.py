"""Facts that only a repository has: endpoints, settings by name, documents.

They are ordinary facts with types of their own (no provider's names exist for them): ``endpoint``, ``setting``,
``document``.
"""

from __future__ import annotations

from launchbook.model.fact import Fact, attribute


class Endpoint(Fact):
    """A route that the code serves: ``name`` is ``METHOD /path``; parameters are written ``{id}``."""

    TYPES = ("endpoint",)
    method = attribute(str, "method", required=True)
    path = attribute(str, "path", required=True)
    kind = attribute(str, "kind", default="other")
    #: What stands in front: ``authentication``, ``rate-limit`` or a middleware's name; list of strings.
    guards = attribute(list[str], "guards")
    #: Status codes that the handler is seen to give; empty when none could be read.
    statuses = attribute(list[int], "statuses")
    #: True when another route tree is the one served.
    shadowed = attribute(bool, "shadowed", default=False)


class Setting(Fact):
    """The name of an environment variable, where it is set or read; never its value.

    ``role`` is ``set`` (a template, a task definition, a workflow), ``read`` (code), ``document``, or ``used`` (a
    command that a script, a container or a pipeline runs; nothing is said to be missing for it); ``environment`` is
    the one it is set for, where the file says so.
    """

    TYPES = ("setting",)
    role = attribute(str, "role", required=True)
    environment = attribute(str, "environment", default="")
    #: True for a name that only a secret would have.
    secret = attribute(bool, "secret", default=False)
    #: True for a name that the platform sets itself (``AWS_ACCESS_KEY_ID`` on Amplify).
    reserved = attribute(bool, "reserved", default=False)


class Document(Fact):
    """A page of prose, or a file that counts as evidence: runbook, guide, SLO, budget, result, secrets dump."""

    TYPES = ("document",)
    kind = attribute(str, "kind", default="prose")
    title = attribute(str, "title", default="")
