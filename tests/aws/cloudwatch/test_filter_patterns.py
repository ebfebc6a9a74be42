"""Filter patterns of log metric filters, as data."""

import pytest

from launchbook.local.planes.logs.patterns import InvalidPattern, match

JSON = '{"level": "ERROR", "ms": 250, "user": {"id": "u1"}, "tags": ["a", "b"], "ok": false, "gone": null}'
ACCESS = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /orders HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "line", "matched"),
    [
        ("", "anything", True),
        ("ERROR", "12:00 ERROR failed", True),
        ("ERROR", "12:00 error failed", False),
        ("ERROR failed", "12:00 failed with ERROR", True),
        ("ERROR failed", "12:00 ERROR", False),
        ('"could not connect"', "it could not connect today", True),
        ('"could not connect"', "connect not could", False),
        ("?ERROR ?WARN", "WARN low disk", True),
        ("?ERROR ?WARN", "INFO fine", False),
        ("ERROR -Exiting", "ERROR on line 3", True),
        ("ERROR -Exiting", "ERROR Exiting", False),
        ("%ERR(OR)?%", "an ERR here", True),
        ('{ $.level = "ERROR" }', JSON, True),
        ('{ $.level = "WARN" }', JSON, False),
        ('{ $.level = "ERR*" }', JSON, True),
        ('{ $.level != "INFO" }', JSON, True),
        ("{ $.level = ERROR }", JSON, True),
        ('{ $.level = "ERROR" }', "ERROR, but no JSON", False),
        ("{ $.ms > 200 }", JSON, True),
        ("{ $.ms <= 249.5 }", JSON, False),
        ('{ ($.level = "ERROR") && ($.ms >= 250) }', JSON, True),
        ('{ $.level = "WARN" || $.user.id = "u1" }', JSON, True),
        ('{ $.level = "ERROR" && ($.ms < 1 || $.tags[1] = "b") }', JSON, True),
        ('{ $.tags[*] = "b" }', JSON, True),
        ('{ $.tags[5] = "b" }', JSON, False),
        ("{ $['user']['id'] = u1 }", JSON, True),
        ("{ $.ok IS FALSE }", JSON, True),
        ("{ $.gone IS NULL }", JSON, True),
        ("{ $.absent IS NULL }", JSON, False),
        ("{ $.absent NOT EXISTS }", JSON, True),
        ("{ $.level NOT EXISTS }", JSON, False),
        ("{ $.level = %^ERR% }", JSON, True),
        ("[ip, id, user, timestamp, request, status, bytes]", ACCESS, True),
        ("[ip, id, user, timestamp, request, status = 4*, bytes]", ACCESS, True),
        ("[ip, id, user, timestamp, request, status = 5*, bytes]", ACCESS, False),
        ("[ip, id, user, timestamp, request, status, bytes > 1000]", ACCESS, True),
        ('[..., request = "GET*", status = 404 || status = 410, bytes]', ACCESS, True),
        ("[..., status, bytes = 1]", ACCESS, False),
        ("[only, two]", ACCESS, False),
    ],
)
def test_patterns(pattern, line, matched):
    assert (match(pattern, line) is not None) is matched


def test_a_match_gives_the_values_a_metric_refers_to():
    found = match("{ $.ms > 0 }", JSON)
    assert found is not None
    assert (found.value("$.ms"), found.value("$.user.id"), found.value("$.none")) == (250, "u1", None)
    found = match("[..., status, bytes]", ACCESS)
    assert found is not None
    assert found.value("$bytes") == "1534"


@pytest.mark.parametrize("pattern", ["{ $.level }", "{ ($.a = 1 }", "{ $.a = 1 && }", "{ $.a LIKE 1 }"])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(InvalidPattern):
        match(pattern, JSON)
