from fastapi import Depends, FastAPI

from app.api import api_router
from app.core.config import settings
from app.routers import items, users_router
from app.deps import get_current_user
from app.late import make_router

app = FastAPI()
app.include_router(api_router, prefix=settings.API_V1_STR)
app.include_router(items.router, prefix="/items", dependencies=[Depends(get_current_user)])
app.include_router(users_router)
app.include_router(make_router(), prefix=f"{settings.API_V1_STR}/late")


@app.get("/")
def index():
    return {}
