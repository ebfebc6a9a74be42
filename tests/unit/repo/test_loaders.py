"""The YAML and JSON loaders: values, lines, and what hostile input gets."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchbook.repo import Unreadable, lines_below
from launchbook.repo.json_lines import load_json
from launchbook.repo.yaml_lines import load_yaml

TEMPLATE = """\
on: {push: main}
base: &base
  x: 1
  y: yes
derived:
  <<: *base
  z: !Sub "${A}-q"
  g: !GetAtt Q.Arn
  i: !If [C, !Ref D, !Ref "AWS::NoValue"]
  e: !Equals
    - a
    - b
  date: 2012-10-17
  time: 12:30:00
  none:
  octal: 0755
  unknown: !reference [a, b]
"""


def test_yaml_gives_values_with_short_tags_written_out() -> None:
    assert load_yaml(TEMPLATE) == [
        {
            "on": {"push": "main"},
            "base": {"x": 1, "y": True},
            "derived": {
                "x": 1,
                "y": True,
                "z": {"Fn::Sub": "${A}-q"},
                "g": {"Fn::GetAtt": ["Q", "Arn"]},
                "i": {"Fn::If": ["C", {"Ref": "D"}, {"Ref": "AWS::NoValue"}]},
                "e": {"Fn::Equals": ["a", "b"]},
                "date": "2012-10-17",
                "time": "12:30:00",
                "none": None,
                "octal": 493,
                "unknown": ["a", "b"],
            },
        }
    ]


def test_yaml_knows_the_line_of_every_entry() -> None:
    lines = lines_below(load_yaml(TEMPLATE)[0])
    assert (lines["base.x"], lines["derived.x"], lines["derived.z"]) == (3, 3, 7)
    assert (lines["derived.e"], lines["derived.e.Fn::Equals.1"]) == (10, 12)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)


@pytest.mark.parametrize(
    "text",
    [BOMB, "a: &a [*a]", "a: *b", "[" * 3000, "{" * 100_000, "- " * 100_000, "\ta: b", "a: [", "\x00"],
    ids=["alias bomb", "self alias", "no anchor", "lists", "maps", "dashes", "tab", "open", "nul"],
)
def test_hostile_yaml_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable):
        load_yaml(text)
    assert time.process_time() - started < 2


def test_a_python_tag_builds_nothing() -> None:
    assert load_yaml("x: !!python/object/apply:os.system [id]") == [{"x": ["id"]}]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,", '{"a":1,}', '{"a" 1}', '"x', '{"a":01}', '{"a":1} x', "[" * 5000, "nul", "// c\n{}"],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        load_json(text)


def test_an_error_has_its_line() -> None:
    with pytest.raises(Unreadable) as caught:
        load_json('{\n"a": 1,\n"b" 2}')
    assert caught.value.line == 3


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.sampled_from([None, 2]))
def test_any_json_is_read_as_the_standard_library_reads_it(value: Any, indent: int | None) -> None:
    assert load_json(json.dumps(value, indent=indent)) == value


@given(JSON, st.integers(0, 200))
def test_truncated_json_is_refused_or_read(value: Any, keep: int) -> None:
    text = json.dumps(value)[:keep]
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            load_json(text)
    else:
        assert load_json(text) == expected


@given(st.text(alphabet="ab:-[]{}&*!|>#'\" \n\t?,%@0.", max_size=80))
def test_any_text_is_yaml_or_unreadable(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(load_yaml(text), list)
