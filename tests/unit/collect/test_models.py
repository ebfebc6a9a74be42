"""Cut models do what the whole ones do, and whatever happens to the cache costs no audit."""

from __future__ import annotations

import shutil
from pathlib import Path

import botocore.session
import pytest
from botocore.stub import Stubber

from launchbook.collect import Reader, Target, collectors
from launchbook.collect.models import UNKNOWN_PAGES, cut_loader
from launchbook.lifecycle.inventory import LISTINGS

CALLS = sorted({(call.service, call.operation) for one in collectors().values() for call in one.calls})
SERVICES = sorted({service for service, _ in CALLS})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory):
    """A cache of its own for these tests."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield folder


def session(loader: object = None) -> botocore.session.Session:
    made = botocore.session.Session()
    if loader is not None:
        made.register_component("data_loader", loader)
    return made


@pytest.mark.parametrize("service", SERVICES)
def test_a_cut_model_has_the_declared_operations_alone_and_each_is_the_whole_ones(
    cache: Path, service: str
) -> None:
    cut, whole = session(cut_loader(CALLS)), session()
    mine, theirs = cut.get_service_model(service), whole.get_service_model(service)
    assert set(mine.operation_names) == {operation for named, operation in CALLS if named == service}
    assert mine.metadata == theirs.metadata
    for name in mine.operation_names:
        one, other = mine.operation_model(name), theirs.operation_model(name)
        assert one.http == other.http
        assert members(one.input_shape) == members(other.input_shape)
        assert members(one.output_shape) == members(other.output_shape)
        assert [shape.name for shape in one.error_shapes] == [shape.name for shape in other.error_shapes]


def members(shape: object) -> set[str]:
    return set(getattr(shape, "members", ()))


def test_every_service_has_its_client_and_its_pages(cache: Path) -> None:
    reader = Reader(Target(endpoint="http://127.0.0.1:9"), collectors().values())
    whole = session()
    theirs = {
        service: whole.create_client(service, "eu-west-1", endpoint_url="http://127.0.0.1:9")
        for service in SERVICES
    }
    for service, operation in CALLS:
        method = botocore.xform_name(operation)
        mine = reader._client(service, "eu-west-1")
        known = theirs[service].can_paginate(method)
        assert mine.can_paginate(method) == (known or operation in UNKNOWN_PAGES.get(service, ()))
        assert mine.meta.config.signature_version == theirs[service].meta.config.signature_version


def test_addresses_of_a_real_account_are_the_same(cache: Path) -> None:
    cut, whole = session(cut_loader(CALLS)), session()
    for service in SERVICES:
        for region in ("us-east-1", "eu-west-1"):
            mine, theirs = (one.create_client(service, region).meta.endpoint_url for one in (cut, whole))
            assert mine == theirs


def test_what_was_not_cut_is_botocores_own(cache: Path) -> None:
    made = session(cut_loader([("sqs", "ListQueues")]))
    assert "AssumeRole" in made.get_service_model("sts").operation_names
    assert "SendMessage" not in made.get_service_model("sqs").operation_names


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    made = session(cut_loader([("sqs", "ListQueues")]))
    assert "SendMessage" in made.get_service_model("sqs").operation_names
    assert Reader(Target(), [collectors()["queues"]])._client("sqs", "eu-west-1")


def test_a_cache_that_is_emptied_meanwhile_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = session(cut_loader([("sqs", "ListQueues")]))
    shutil.rmtree(tmp_path)
    assert "ListQueues" in made.get_service_model("sqs").operation_names


def test_half_a_model_is_never_left_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cut_loader([("sqs", "NoSuchOperation")])
    assert [path for path in (tmp_path / "launchbook/models").rglob("*") if path.is_file()] == []


def test_whatever_takes_and_gives_a_token_has_its_pages_read(cache: Path) -> None:
    swept = {
        (call.service, call.operation)
        for listing in LISTINGS
        for call in (*listing.collector.calls, *([listing.tags] if listing.tags else []))
    }
    made = session(cut_loader({*CALLS, *swept}))
    for service, operation in sorted({*CALLS, *swept}):
        model = made.get_service_model(service).operation_model(operation)
        both = members(model.input_shape) & members(model.output_shape)
        if any(name.lower() in ("nexttoken", "nextmarker", "marker") for name in both):
            assert made.get_paginator_model(service).get_paginator(operation)


@pytest.mark.parametrize("kept", [True, False])
def test_a_list_whose_pages_botocore_does_not_know_is_read_to_its_end(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    if not kept:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    made = session(cut_loader([("events", "ListEventBuses")]))
    client = made.create_client("events", "eu-west-1", endpoint_url="http://127.0.0.1:9")
    with Stubber(client) as answers:
        answers.add_response(
            "list_event_buses", {"EventBuses": [{"Name": "default"}], "NextToken": "more"}, {}
        )
        answers.add_response("list_event_buses", {"EventBuses": [{"Name": "shop"}]}, {"NextToken": "more"})
        pages = client.get_paginator("list_event_buses").paginate()
        assert [bus["Name"] for page in pages for bus in page["EventBuses"]] == ["default", "shop"]
