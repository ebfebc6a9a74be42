"""Clusters of RDS (Aurora): objects only, no server runs for their members."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "rds")
