"""Every route as a client meets it, on a running `orders api`."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.support.postgres import Postgres

ORDER = {"customerId": "alice", "amount": 12.34}
ADMINISTRATOR = {"Authorization": "Bearer administrator"}


class Client:
    """A client of one service; remembers nothing between requests."""

    def __init__(self, session: aiohttp.ClientSession, url: str, service: Any) -> None:
        self.session, self.url, self.service = session, url, service

    async def ask(self, method: str, path: str, **request: Any) -> tuple[int, Any, Any]:
        async with self.session.request(method, self.url + path, **request) as answer:
            text = await answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers

    async def post(self, order: Any = ORDER, **headers: str) -> tuple[int, Any, Any]:
        return await self.ask("POST", "/orders", json=order, headers=headers)

    async def logged(self) -> list[dict[str, Any]]:
        await asyncio.sleep(0.1)
        return [json.loads(line) for line in self.service.log.read_text().splitlines()]


@pytest.fixture
async def api(start: Callable[..., Any], http: aiohttp.ClientSession) -> Client:
    service = start("api", RELAY_ENABLED="false")
    return Client(http, service.url, service)


def fields(problem: Any) -> list[str]:
    return [error["field"] for error in problem["errors"]]


async def test_an_order_is_accepted_and_can_be_read(api: Client) -> None:
    status, body, headers = await api.post()
    assert (status, body["status"], sorted(body)) == (202, "PENDING", ["orderId", "status"])
    assert headers["Location"] == f"/orders/{body['orderId']}"
    status, order, _ = await api.ask("GET", headers["Location"])
    assert status == 200
    assert {**order, "createdAt": "", "updatedAt": ""} == {
        "id": body["orderId"], "customerId": "alice", "amount": 12.34, "status": "PENDING", "retryCount": 0,
        "failureReason": None, "createdAt": "", "updatedAt": "",
    }  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", order["createdAt"])


async def test_a_key_makes_one_order(api: Client, db: Any) -> None:
    posts = [api.post(**{"Idempotency-Key": "key-1"}) for _ in range(20)]
    answers = await asyncio.gather(*posts)
    assert {status for status, _, _ in answers} == {202}
    assert len({body["orderId"] for _, body, _ in answers}) == 1
    assert await db.fetchval("SELECT count(*) FROM outbox") == 1
    same_number = await api.post({"customerId": "alice", "amount": 12.340}, **{"Idempotency-Key": "key-1"})
    assert same_number[1] == answers[0][1]


async def test_a_key_for_another_order_is_refused(api: Client) -> None:
    await api.post(**{"Idempotency-Key": "key-1"})
    for other in ({"customerId": "alice", "amount": 5}, {"customerId": "bob", "amount": 12.34}):
        status, problem, _ = await api.post(other, **{"Idempotency-Key": "key-1"})
        assert (status, fields(problem)) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "zoë"])
async def test_a_key_must_be_valid(api: Client, key: str) -> None:
    status, problem, _ = await api.post(**{"Idempotency-Key": key})
    assert (status, fields(problem)) == (400, ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["amount", "customerId"]),
        ({"customerId": 5, "amount": "1"}, ["amount", "customerId"]),
        ({"customerId": "c", "amount": 1, "x": {}, "y": 1}, ["x", "y"]),
        ({"customerId": "c", "amount": 1.234}, ["amount"]),
        ({"customerId": "\0", "amount": -1}, ["amount", "customerId"]),
        ([], ["body"]),
        ("text", ["body"]),
    ],
)
async def test_every_wrong_field_is_named(api: Client, db: Any, body: Any, named: list[str]) -> None:
    status, problem, headers = await api.post(body)
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert sorted(fields(problem)) == named
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_other_media_are_refused(api: Client) -> None:
    for media in ("text/plain", "application/jsonp", "application/x-www-form-urlencoded"):
        status, problem, _ = await api.ask("POST", "/orders", data=b"{}", headers={"Content-Type": media})
        assert (status, fields(problem)) == (415, ["Content-Type"])
    good = {"Content-Type": "application/json; charset=utf-8"}
    status, _, _ = await api.ask("POST", "/orders", data=json.dumps(ORDER), headers=good)
    assert status == 202


async def test_pages_are_linked_and_newest_first(api: Client) -> None:
    ids = [(await api.post())[1]["orderId"] for _ in range(7)]
    seen: list[str] = []
    path = "/orders?limit=3&status=PENDING"
    after = ""
    for _ in range(3):
        _, page, _ = await api.ask("GET", path + after)
        seen += [order["id"] for order in page["orders"]]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert seen == sorted(ids, reverse=True)  # within a millisecond the id decides
    assert (await api.ask("GET", "/orders?status=FAILED"))[1] == {"orders": [], "next": None}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
        ("limit=%D9%A1", "limit"), ("status=pending", "status"), ("after=1", "after"),
        ("offset=1", "offset"), ("limit=1&limit=2", "limit"), ("after=%FF", "after"),
    ],
)  # fmt: skip
async def test_a_wrong_query_is_named(api: Client, query: str, named: str) -> None:
    status, problem, _ = await api.ask("GET", f"/orders?{query}")
    assert (status, fields(problem)) == (400, [named])


async def test_what_is_not_there(api: Client) -> None:
    assert (await api.ask("GET", f"/orders/{uuid.uuid4()}"))[0] == 404
    status, problem, _ = await api.ask("GET", "/orders/not-a-uuid")
    assert (status, fields(problem)) == (400, ["id"])
    for path in ("/", "/orders/", "/actuator/prometheus", "/actuator/info", "/%00"):
        assert (await api.ask("GET", path))[0] == 404
    status, _, headers = await api.ask("DELETE", "/orders")
    assert (status, headers["Allow"]) == (405, "GET, HEAD, POST")


async def test_dead_letters_are_for_administrators(api: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic administrator"}):
        for method, path in (("GET", "/dlq"), ("POST", f"/dlq/{uuid.uuid4()}/reprocess")):
            status, _, answered = await api.ask(method, path, headers=headers)
            assert (status, answered["WWW-Authenticate"]) == (401, "Bearer")
    assert await _dlq(api) == (200, {"orders": []})


async def _dlq(api: Client, query: str = "") -> tuple[int, Any]:
    return (await api.ask("GET", f"/dlq{query}", headers=ADMINISTRATOR))[:2]


async def test_without_a_token_they_are_closed(
    start: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    service = start("api", RELAY_ENABLED="false", ADMIN_TOKEN="")
    client = Client(http, service.url, service)
    for headers in ({}, {"Authorization": "Bearer "}, ADMINISTRATOR):
        assert (await client.ask("GET", "/dlq", headers=headers))[0] == 403


async def test_a_failed_order_is_listed_and_reprocessed_once(api: Client, db: Any) -> None:
    order_id = (await api.post())[1]["orderId"]
    path = f"/dlq/{order_id}/reprocess"
    assert (await api.ask("POST", path, headers=ADMINISTRATOR))[0] == 409
    await db.execute("UPDATE orders SET status = 'FAILED', failure_reason = 'no', retry_count = 3")
    await db.execute("INSERT INTO order_dlq SELECT id, 'no', 3, now() FROM orders")
    status, body = await _dlq(api)
    assert status == 200
    assert [(o["orderId"], o["reason"], o["retryCount"]) for o in body["orders"]] == [(order_id, "no", 3)]
    status, body, _ = await api.ask("POST", path, headers=ADMINISTRATOR)
    assert (status, body) == (202, {"orderId": order_id, "status": "PENDING"})
    assert await _dlq(api, "?limit=5") == (200, {"orders": []})
    assert (await api.ask("POST", path, headers=ADMINISTRATOR))[0] == 409
    assert (await api.ask("POST", f"/dlq/{uuid.uuid4()}/reprocess", headers=ADMINISTRATOR))[0] == 404
    assert (await api.ask("POST", "/dlq/x/reprocess", headers=ADMINISTRATOR))[0] == 400


@pytest.mark.parametrize(
    ("given", "kept"), [("a-b.c/1", True), ("x" * 128, True), ("x" * 129, False), ("a b", False)]
)
async def test_a_valid_correlation_id_is_echoed_logged_and_stored(
    api: Client, db: Any, given: str, kept: bool
) -> None:
    _, _, headers = await api.post(**{"X-Correlation-Id": given})
    echoed = headers["X-Correlation-Id"]
    assert (echoed == given) is kept
    assert kept or uuid.UUID(echoed).version == 4
    assert await db.fetchval("SELECT correlation_id FROM outbox") == echoed
    assert [line["correlationId"] for line in await api.logged() if line["event"] == "request"] == [echoed]


async def test_problems_carry_the_correlation_id_too(api: Client) -> None:
    _, problem, headers = await api.post({}, **{"X-Correlation-Id": "mine"})
    assert problem["correlationId"] == headers["X-Correlation-Id"] == "mine"


async def test_every_log_line_is_json_and_none_holds_a_secret(api: Client) -> None:
    await api.post()
    await _dlq(api)
    await api.ask("GET", "/dlq", headers={"Authorization": "Bearer wrong-token"})
    lines = await api.logged()
    assert all({"time", "level", "event", "part"} <= set(line) for line in lines)
    assert not re.search('administrator"|wrong-token|orders:[0-9a-f]{16}@', api.service.log.read_text())


async def test_health_touches_nothing_and_readiness_everything(
    api: Client, postgres: Postgres, sqs: Any, queue_url: str
) -> None:
    up = {"status": "UP"}
    assert (await api.ask("GET", "/actuator/health/readiness"))[:2] == (
        200, {"status": "UP", "components": {"database": up, "queue": up}}
    )  # fmt: skip
    sqs.delete_queue(QueueUrl=queue_url)
    status, body, _ = await api.ask("GET", "/actuator/health/readiness")
    assert (status, body["status"], body["components"]["queue"]) == (503, "DOWN", {"status": "DOWN"})
    assert body["components"]["database"] == up
    for path in ("/actuator/health", "/actuator/health/liveness"):
        assert (await api.ask("GET", path))[:2] == (200, up)


async def test_the_management_port_has_metrics_info_and_health(
    api: Client, start: Callable[..., Any]
) -> None:
    await api.post()
    await api.post({})
    management = Client(api.session, api.service.management_url, api.service)
    assert (await management.ask("GET", "/actuator/health"))[1] == {"status": "UP"}
    assert (await management.ask("GET", "/actuator/info"))[1] == {
        "name": "orders", "part": "api", "version": "0.1.0", "commit": "unknown"
    }  # fmt: skip
    async with api.session.get(api.service.management_url + "/actuator/prometheus") as answer:
        text = await answer.text()
    assert "orders_created_total 1.0" in text
    assert 'orders_http_requests_total{method="POST",route="/orders",status="202"} 1.0' in text
    assert 'orders_http_requests_total{method="POST",route="/orders",status="400"} 1.0' in text


async def test_unknown_paths_and_methods_do_not_make_new_series(api: Client) -> None:
    for i in range(20):
        await api.ask("GET", f"/nothing/{i}")
    async with api.session.get(api.service.management_url + "/actuator/prometheus") as answer:
        series = [
            line for line in (await answer.text()).splitlines() if line.startswith("orders_http_requests")
        ]
    assert series == ['orders_http_requests_total{method="any",route="none",status="404"} 20.0']


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT"])
async def test_a_stop_is_prompt_and_clean(api: Client, signal: str) -> None:
    import signal as signals

    await api.post()
    api.service.process.signal(getattr(signals, signal))
    assert api.service.process.popen.wait(5) == 0


async def test_several_processes_share_the_port_and_the_metrics(
    start: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    service = start("api", "--processes", "2", RELAY_ENABLED="false")
    client = Client(http, service.url, service)
    deadline = asyncio.get_running_loop().time() + 10
    pids: set[int] = set()
    posted = 0
    while len(pids) < 2:
        assert asyncio.get_running_loop().time() < deadline
        async with aiohttp.ClientSession() as session:  # a new connection each time
            assert (await Client(session, service.url, service).post())[0] == 202
            posted += 1
        pids = {line["pid"] for line in await client.logged() if line["event"] == "request"}
    async with http.get(service.management_url + "/actuator/prometheus") as answer:
        assert f"orders_created_total {posted}.0" in await answer.text()


async def test_a_member_that_dies_is_replaced(start: Callable[..., Any], http: aiohttp.ClientSession) -> None:
    import psutil

    service = start("api", "--processes", "2", RELAY_ENABLED="false")
    members = psutil.Process(service.process.pid).children()
    members[0].kill()
    await asyncio.sleep(3)
    now = psutil.Process(service.process.pid).children()
    assert len(now) == 2
    assert members[0].pid not in {member.pid for member in now}
    async with aiohttp.ClientSession() as session:
        assert (await Client(session, service.url, service).post())[0] == 202
    psutil.Process(service.process.pid).kill()  # the parent alone
    _, left = await asyncio.to_thread(psutil.wait_procs, now, 10)
    assert left == []
