"""Lambda: functions are objects, their code does not run."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "lambda", "awslambda")
