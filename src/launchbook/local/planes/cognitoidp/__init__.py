"""Cognito: user pools and what belongs to them are objects, which moto serves; resource servers can be deleted."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "cognitoidp")
