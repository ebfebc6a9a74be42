"""IAM: the account's root user, whose second factor moto cannot tell."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "iam")
