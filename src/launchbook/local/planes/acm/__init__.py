"""ACM: certificates are objects; whether one is in use decides whether it can renew."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "acm")
