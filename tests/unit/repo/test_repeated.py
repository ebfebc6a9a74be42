"""A file that says the same a thousand times costs no more than its length."""

from __future__ import annotations

import time
from pathlib import Path

from launchbook.repo import discover

ROUTE = """import { NextResponse } from "next/server";
const limits = { a: [1, 2, 3], b: { c: "d" } };
export async function GET() { return NextResponse.json(limits); }
"""


def test_a_route_that_is_exported_again_and_again_is_read_once(tmp_path: Path) -> None:
    route = tmp_path / "app" / "api" / "health" / "route.ts"
    route.parent.mkdir(parents=True)
    route.write_text(ROUTE * 400)

    began = time.process_time()
    found = discover(tmp_path)

    assert [str(fact.where) for fact in found.facts.all if fact.type == "endpoint"] == [
        "app/api/health/route.ts:3"
    ]
    assert time.process_time() - began < 5
