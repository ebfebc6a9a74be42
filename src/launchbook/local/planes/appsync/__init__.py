"""AppSync: APIs are objects; no query is answered."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "appsync")
