from fastapi import APIRouter

router = APIRouter(prefix="/users")


@router.get("/{user_id}")
def show(user_id: int):
    return {}
