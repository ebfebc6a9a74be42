"""The same calls as an audit's, from sixteen threads of plain boto3: what nobody could do with less code.

    python -m benchmarks.support.bare_reads ENDPOINT CALLS.json

Two rounds, as one item of the first round's answers is needed for the second: here the calls are known beforehand, so
that they run in one.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

CONFIG = Config(max_pool_connections=16, retries={"mode": "standard"})


def main(endpoint: str, calls: list[dict[str, Any]]) -> int:
    """Make every call to its last page; how many answers came."""
    session, held, making = boto3.session.Session(), {}, Lock()

    def client(service: str, region: str) -> Any:
        with making:
            if (service, region) not in held:
                held[service, region] = session.client(
                    service, region_name=region, endpoint_url=endpoint, config=CONFIG
                )
            return held[service, region]

    def read(call: dict[str, Any]) -> int:
        one, method = client(call["service"], call["region"]), xform_name(call["operation"])
        try:
            if one.can_paginate(method):
                return sum(1 for _ in one.get_paginator(method).paginate(**call["parameters"]))
            getattr(one, method)(**call["parameters"])
        except ClientError:  # "there is none", as the audit takes it
            return 1
        return 1

    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(read, calls))


if __name__ == "__main__":
    print(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8"))))
