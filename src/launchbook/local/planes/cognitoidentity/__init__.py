"""Cognito identity pools: objects; nobody signs in through one."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "cognitoidentity")
