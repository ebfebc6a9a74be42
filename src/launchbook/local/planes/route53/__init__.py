"""Route 53: zones and records are objects, no name is answered."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "route53")
