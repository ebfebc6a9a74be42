"""EFS: objects only, as Terraform reads them."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "efs")
