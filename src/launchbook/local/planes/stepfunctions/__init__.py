"""Step Functions: state machines are moto's; a definition is checked for its shape before it is made."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "stepfunctions")
