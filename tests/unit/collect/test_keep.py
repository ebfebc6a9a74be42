"""What is kept of an answer: the same cut in the program and in the printed AWS CLI query."""

from __future__ import annotations

import jmespath
import pytest

from launchbook.collect.keep import Keep, pick
from launchbook.model import Unread

ANSWER = {
    "services": [
        {
            "serviceName": "api",
            "deployments": [{"id": "d1", "rolloutState": "COMPLETED", "secret": "s"}],
            "tags": [{"key": "a", "value": "b"}],
            "environment": {"DB_PASSWORD": "planted", "PORT": "80"},
        },
        {"serviceName": "worker", "deployments": []},
    ],
    "nextToken": "planted",
}
CUTS = [
    (["services[].serviceName"], {"services": [{"serviceName": "api"}, {"serviceName": "worker"}]}),
    (
        ["services[].serviceName", "services[].deployments[].rolloutState"],
        {
            "services": [
                {"serviceName": "api", "deployments": [{"rolloutState": "COMPLETED"}]},
                {"serviceName": "worker", "deployments": []},
            ]
        },
    ),
    (["services[].environment{}"], {"services": [{"environment": ["DB_PASSWORD", "PORT"]}, {}]}),
    (["services[].environment*"], {"services": [{"environment": ANSWER["services"][0]["environment"]}, {}]}),  # type: ignore[index]
    (
        ["services[].deployments*"],
        {"services": [{"deployments": one["deployments"]} for one in ANSWER["services"]]},
    ),  # type: ignore[index]
    (["absent"], {}),
]


@pytest.mark.parametrize(("paths", "expected"), CUTS, ids=lambda value: str(value)[:40])
def test_only_what_is_named_is_kept(paths: list[str], expected: object) -> None:
    assert Keep.parse(paths).cut(ANSWER) == expected


def without_nulls(value: object) -> object:
    """The query writes null where the cut leaves a field out."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("path", "dropped"),
    [
        ("services[].environment", "environment"),
        ("services[].tags", "tags"),
        ("services[].serviceName.x", "serviceName"),
    ],
)
def test_what_is_no_plain_value_is_dropped_and_was_not_read(path: str, dropped: str) -> None:
    found = Keep.parse([path]).cut(ANSWER)
    assert isinstance(found["services"][0][dropped], Unread)  # type: ignore[index]
    assert "planted" not in str(found)


def test_a_document_is_kept_whole_and_its_query_gives_it_whole() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:*"], "Condition": {"StringEquals": {"aws:x": ["1", "2"]}}}
    answer = {"RoleName": "api", "PolicyDocument": {"Statement": [statement]}}
    keep = Keep.parse(["RoleName", "PolicyDocument*"])
    assert keep.cut(answer) == answer
    assert jmespath.search(keep.query(), answer) == answer
    assert pick(answer, "PolicyDocument*") == answer["PolicyDocument"]


@pytest.mark.parametrize("paths", [CUTS[0][0], CUTS[1][0], CUTS[4][0], CUTS[5][0]])
def test_the_printed_query_cuts_the_same(paths: list[str]) -> None:
    keep = Keep.parse(paths)
    assert without_nulls(jmespath.search(keep.query(), ANSWER)) == keep.cut(ANSWER)


def test_the_query_of_names_gives_no_value() -> None:
    found = jmespath.search(Keep.parse(["services[].environment{}"]).query(), ANSWER)
    assert sorted(found["services"][0]["environment"]) == ["DB_PASSWORD", "PORT"]
    assert found["services"][1]["environment"] == []


def test_pasted_names_are_read_like_the_map_they_came_from() -> None:
    keep = Keep.parse(["branch.environmentVariables{}"])
    raw = {"branch": {"environmentVariables": {"B": "x", "A": "y"}}}
    projected = {"branch": {"environmentVariables": ["B", "A"]}}
    assert keep.cut(raw) == keep.cut(projected) == {"branch": {"environmentVariables": ["A", "B"]}}


@pytest.mark.parametrize(
    "answer", [None, 3, "text", [], {"services": None}, {"services": "x"}, {"services": [None, 3]}]
)
def test_a_malformed_answer_is_cut_to_nothing_and_never_fails(answer: object) -> None:
    assert "planted" not in str(Keep.parse(["services[].serviceName", "services[].tags{}"]).cut(answer))


@pytest.mark.parametrize("path", ["Tags.*", "Items[].{}", "", "a..b"])
def test_a_part_that_names_no_field_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="names no field"):
        Keep.parse([path])


def test_pick() -> None:
    assert pick(ANSWER, "services[].serviceName") == ["api", "worker"]
    assert pick(ANSWER, "services.0.deployments.0.id") == "d1"
    assert pick(ANSWER, "services.9.x") is None
    assert pick("itself", "") == "itself"
    assert pick({"variables": ["A"]}, "variables{}") == ["A"]


def test_of_a_value_it_is_kept_whether_it_is_an_arn_and_nothing_else() -> None:
    keep = Keep.parse(["environment[].name", "environment[].value^"])
    given = [
        {"name": "QUEUE_URL", "value": "arn:aws:sqs:eu-west-1:1:planted-secret"},
        {"name": "TOKEN", "value": "planted-secret"},
        {"name": "EMPTY"},
    ]
    kept = [{"name": "QUEUE_URL", "value": "arn:"}, {"name": "TOKEN", "value": ""}, {"name": "EMPTY"}]
    assert keep.cut({"environment": given}) == {"environment": kept}
    answered = jmespath.search(keep.query(), {"environment": given})
    assert keep.cut(answered) == {"environment": [*kept[:2], {"name": "EMPTY", "value": ""}]}
