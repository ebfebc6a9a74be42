"""ElastiCache: clusters and groups are objects, no cache runs."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "elasticache")
