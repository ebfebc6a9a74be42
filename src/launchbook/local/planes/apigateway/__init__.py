"""API Gateway, both versions: APIs, stages and domain names are objects; what moto serves of them is served."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "apigateway", "apigatewayv2")
