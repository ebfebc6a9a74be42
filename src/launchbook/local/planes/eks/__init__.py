"""EKS: clusters, node groups, add-ons and access entries are objects; no Kubernetes answers."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "eks")
