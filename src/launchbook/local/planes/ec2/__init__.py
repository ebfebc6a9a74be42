"""EC2: networks and instances are objects; what a VPC brought with it goes with it."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "ec2")
