"""CloudTrail: trails are objects, nothing is recorded by them (`launchbook local requests` is the log of calls)."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "cloudtrail")
