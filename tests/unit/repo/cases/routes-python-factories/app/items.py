from fastapi import APIRouter
from os import environ

router = APIRouter(prefix="/items")
admin = APIRouter(prefix=environ["ADMIN_PATH"])


@router.get("/{id}")
async def one(id: int): ...


@admin.get("/users")
async def users(): ...
