"""DynamoDB: tables are moto's; what would be measured or sent on is kept as it was asked for."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "dynamodb")
