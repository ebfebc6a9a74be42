"""Athena: work groups and named queries are objects; queries do not run."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "athena")
