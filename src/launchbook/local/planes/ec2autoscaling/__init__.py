"""EC2 Auto Scaling: groups and policies are objects, no instance runs."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "autoscaling")
