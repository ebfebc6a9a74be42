"""Bodies that JSON readers read differently."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest


@pytest.fixture
def api(start: Callable[..., Any]) -> str:
    return str(start("api", RELAY_ENABLED="false").url) + "/orders"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"customerId":"c","amount":NaN}', ["amount"]),
        ('{"customerId":"c","amount":-Infinity}', ["amount"]),
        ('{"customerId":NaN,"amount":Infinity}', ["amount", "customerId"]),
        ('{"customerId":"c","amount":1,"amount":2}', ["amount"]),
        ('{"customerId":"c","amount":1,"am\\u006funt":1}', ["amount"]),
        ('{"customerId":1,"customerId":"c","amount":1}', ["customerId"]),
        ('{"amount":1,"amount":2,"customerId":"c","customerId":"d"}', ["amount", "customerId"]),
        ('{"amount":1,"amount":2,"customerId":3}', ["customerId"]),
        ('{"customerId":"\\"c","amount":1,"x":[{"a":1,"a":2}]}', ["x"]),
        ('{"x":NaN}', ["body"]),
        ('{"amount":NaN,"\\ud800":NaN}', ["amount"]),
        ('[["amount",NaN]]', ["body"]),
        ("{" + '"customerId":1,' * 4000 + '"amount":' + "9" * 5000 + "}", ["amount", "customerId"]),
    ],
)
async def test_what_json_readers_disagree_about_is_named(
    api: str, http: aiohttp.ClientSession, db: Any, body: str, named: list[str]
) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(api, data=body.encode(), headers=headers) as answer:
        assert answer.status == 400
        errors = (await answer.json(content_type=None))["errors"]
    assert sorted(error["field"] for error in errors) == named
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_a_quote_in_the_customers_name_repeats_nothing(api: str, http: aiohttp.ClientSession) -> None:
    async with http.post(api, json={"customerId": 'the "c"', "amount": 1}) as answer:
        assert answer.status == 202
