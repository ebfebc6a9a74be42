from fastapi import FastAPI, APIRouter, Depends
app = FastAPI(root_path="/svc")
router = APIRouter(prefix="/items", tags=["x"])
@router.get("/{item_id}")
async def one(item_id: int): return {}
@router.api_route("/multi", methods=["GET", "POST"])
async def multi(): return {}
@app.get("/health", status_code=200)
def health(): return {"ok": True}
@router.websocket("/ws")
async def ws(s): ...
app.include_router(router, prefix="/api/v1", dependencies=[Depends(get_current_user)])
app.mount("/static", StaticFiles(directory="static"))
@app.get(PATH)
def computed(): return {}
app.add_api_route("/added", multi, methods=["GET"])
