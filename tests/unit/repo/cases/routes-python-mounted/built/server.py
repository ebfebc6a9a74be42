from fastapi import FastAPI, APIRouter

def build(runner) -> FastAPI:
    webserver = FastAPI()
    router = APIRouter()

    router.add_api_route("/health", x(runner=runner), methods=["GET"])
    router.add_api_route("/shutdown", y(runner=runner), methods=["POST"])
    webserver.include_router(router)
    return webserver
