"""CodeDeploy: applications and groups are objects; nothing is deployed."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "codedeploy")
