from fastapi import APIRouter, Depends, FastAPI

from .items import admin, router
from .security import auth

v1 = APIRouter(prefix="/v1")
v1.include_router(router, prefix="/shop")


def create_app() -> FastAPI:
    app = FastAPI()
    app.include_router(v1, dependencies=[Depends(auth)])
    app.include_router(admin)

    @app.get("/healthz")
    async def alive():
        return {}

    return app


app = create_app()
