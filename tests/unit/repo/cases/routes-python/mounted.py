from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


async def made(request):
    return JSONResponse({}, status_code=201)


async def passed_on(request):
    return somebody_else(request)


app = Starlette(routes=[Mount("/api", routes=[Route("/things", made, methods=["POST"]), Route("/else", passed_on)])])
TABLE = {"/table": {"GET": made}}
