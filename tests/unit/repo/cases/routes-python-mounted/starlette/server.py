from starlette.applications import Starlette
from starlette.routing import Mount, Route

from admin import routes as admin_routes

routes = [Route("/up", lambda request: None), Mount("/admin", routes=admin_routes)]
app = Starlette(routes=routes)
