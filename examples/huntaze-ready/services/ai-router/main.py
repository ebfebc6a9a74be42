"""Chooses a model for a request and passes it on."""

import os

import httpx
import redis
from fastapi import FastAPI, Response

app = FastAPI()
cache = redis.Redis(host=os.environ.get("REDIS_HOST", "localhost"), ssl=True)


@app.get("/health")
def health() -> dict[str, str]:
    """Liveness: it answers, whatever the cache does."""
    return {"status": "ok"}


@app.get("/ready")
def ready(response: Response) -> dict[str, str]:
    try:
        cache.ping()
    except redis.RedisError:
        response.status_code = 503
        return {"status": "no cache"}
    return {"status": "ok"}


@app.post("/summaries/{account}")
async def summarise(account: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(
            "https://api.openai.com/v1/responses", headers=headers, json={"input": account}
        )
    return {"status": str(answer.status_code)}
