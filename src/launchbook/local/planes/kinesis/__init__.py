"""Kinesis: streams are moto's, in memory; the tags that they are made with are kept."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "kinesis")
