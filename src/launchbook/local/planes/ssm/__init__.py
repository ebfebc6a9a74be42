"""Systems Manager: parameters and documents are objects; AWS's own parameters are no account's."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "ssm")
