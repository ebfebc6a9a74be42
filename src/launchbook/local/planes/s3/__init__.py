"""S3: moto's buckets and objects, with bucket policies judged whole."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "s3")
