"""The OpenAPI document is valid and true: schemathesis asks everything that it allows, and what it forbids."""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from orders import openapi
from orders.api import Api
from orders.settings import load


def test_the_document_is_valid() -> None:
    validate(json.loads(openapi.DOCUMENT))


def test_it_describes_every_route() -> None:
    config = load({}, database=False, queue=False)
    routes = Api(config, None, None, lambda: None, {}, None).routes()  # type: ignore[arg-type]
    described = {(path, method.upper()) for path, item in openapi.PATHS.items() for method in item}
    assert described == {(path, method) for path, methods in routes.items() for method in methods}


# A valid request with a key that was used for another order is the one that must be refused.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


@pytest.mark.slow
async def test_the_api_keeps_to_it(start: Callable[..., Any], db: Any, tmp_path: Path) -> None:
    service = start("api", RELAY_ENABLED="false")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/openapi.json", "--checks", "all",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "60", "--seed", "1",
        "--continue-on-failure", "--header", "Authorization: Bearer administrator",
        "--max-response-time", "2", "--no-color", "--generation-database", "none",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said[-6000:]
    cases = re.search(r"(\d+) generated", said)
    assert cases is not None
    assert int(cases[1]) > 300
    assert await db.fetchval("SELECT count(*) FROM orders") > 20
    assert '"status":5' not in service.log.read_text()
