"""One order platform, whole, for all tests of this folder: applied once by the tool itself, and gone with its AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws
from tests.support.terraform import available
from tests.support.tool import Tool, copied, replaced

#: Whose workflow may take the role.
GITHUB = "owner/name"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    """The order platform of this repository, applied on an embedded AWS of its own, with the role of its releases.

    Whatever runs in it may do what its role allows, and no more.
    """
    if available():
        pytest.skip(available())
    folder = tmp_path_factory.mktemp("platform") / "orders"
    folder.mkdir()
    copied(folder)
    replaced(
        folder / "launchbook.toml",
        r'path = "infra/aws-v3/stack"\n',
        f'path = "infra/aws-v3/stack"\nvariables = {{ github_repository = "{GITHUB}" }}\n',
    )
    with embedded_aws(enforce_iam=True) as started:
        tool = Tool(folder, started.port, client_factory(started.endpoint))
        tool.run("apply", seconds=900)
        yield tool
