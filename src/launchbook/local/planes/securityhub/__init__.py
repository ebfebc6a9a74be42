"""Security Hub: its settings are kept; nothing is checked."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "securityhub")
