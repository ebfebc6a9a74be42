"""The small platform in a folder of its own, for each test that asks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.conftest import Clients
from tests.support.small import SMALL, SmallTool, remove


@pytest.fixture
def tool(embedded: Instance, aws: Clients, tmp_path: Path) -> Iterator[SmallTool]:
    """Nothing of it is there before, and nothing after."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    yield SmallTool(folder, embedded.port)
    control.ask(embedded, "faults", method="DELETE")
    remove(aws)
