"""X-Ray: sampling rules are kept; nothing is sampled by them."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "xray")
