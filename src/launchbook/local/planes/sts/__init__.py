"""STS: session and federation tokens are keys of their own, behind which their caller stands."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "sts")
