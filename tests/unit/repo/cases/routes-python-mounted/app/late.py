from fastapi import APIRouter


def make_router():
    late = APIRouter()

    @late.get("/one")
    def one():
        return {}

    return late
