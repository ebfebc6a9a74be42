from fastapi import APIRouter

from .routers import orders

api_router = APIRouter()
api_router.include_router(orders.router, prefix="/orders")
