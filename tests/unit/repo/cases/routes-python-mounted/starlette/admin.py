from starlette.routing import Route

routes = [Route("/users", lambda request: None)]
