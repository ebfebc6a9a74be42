"""KMS: the keys that AWS makes for its own services say that they are AWS's."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "kms")
