"""CloudFront: distributions are objects, nothing serves them."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "cloudfront")
