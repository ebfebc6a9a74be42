"""AppConfig and Glue: objects; nothing is configured or run."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "appconfig", "glue")
