"""Cloud Map: namespaces and services are objects, no name is answered."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "servicediscovery")
