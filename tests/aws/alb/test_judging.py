"""How checks become health, and access lines become counts: data in, data out."""

import asyncio

import pytest

from launchbook.local.planes.alb import health
from launchbook.local.planes.alb.accesses import SAMPLES, Tally
from launchbook.local.planes.alb.health import FAILED, HEALTHY, Probe, Verdict

PROBE = Probe("HTTP", "/", "200", interval=10, timeout=5, rise=3, fall=2)


def states(checks: str, *, every: float) -> list[str]:
    """The state after each check (``+`` passed, ``-`` failed), ``every`` so many seconds."""
    verdict, shown = Verdict(registered=0), []
    for number, result in enumerate(checks):
        verdict.observe(HEALTHY if result == "+" else FAILED, PROBE, number * every)
        shown.append(verdict.health.state[0])
    return shown


@pytest.mark.parametrize(
    ("checks", "every", "expected"),
    [
        ("+", 1, "h"),  # the first passed check is enough
        ("---+", 1, "iiih"),  # early failures of a target that is still starting do not count
        ("-" * 22, 1, "i" * 20 + "uu"),  # until as many intervals have passed as the threshold says
        ("+-+-", 10, "hhhh"),  # one failure of two is none
        ("+--", 10, "hhu"),
        ("+--++", 10, "hhuuu"),
        ("+--+++", 10, "hhuuuh"),
        ("+--++-+++", 10, "hhuuuuuuh"),  # a failure starts the count anew
    ],
)
def test_thresholds_decide(checks: str, every: float, expected: str) -> None:
    assert "".join(states(checks, every=every)) == expected


@pytest.mark.parametrize(
    ("code", "codes", "expected"),
    [
        (200, "200", True), (201, "200", False), (204, "200-299", True), (301, "200,301-302", True),
        (302, "200, 301-302", True), (303, "200,301-302", False), (200, "", False), (200, "x-y", False),
    ],
)  # fmt: skip
def test_matchers_are_lists_and_ranges(code: int, codes: str, expected: bool) -> None:
    assert health.matches(code, codes) is expected


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", None),
        (b"HTTP/1.1 500\r\n\r\n", "Target.ResponseCodeMismatch"),
        (b"", "Target.FailedHealthChecks"),
        (b"SSH-2.0-x\r\n", "Target.FailedHealthChecks"),
        (b"HTTP/1.1 abc\r\n", "Target.FailedHealthChecks"),
        (b"x" * 100_000, "Target.FailedHealthChecks"),
        (None, "Target.Timeout"),
    ],
)
async def test_a_check_never_raises_for_what_a_target_says(answer: bytes | None, reason: str | None) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await asyncio.sleep(2)
        else:
            await reader.readline()
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    seen = await health.check("127.0.0.1", port, Probe("HTTP", "/", "200", 1, 0.3, 2, 2))
    server.close()
    assert seen.reason == reason


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        (b"tg_1|s|200|--|12|100|50|", {("tg_1", "RequestCount"): 1, ("tg_1", "HTTPCode_Target_2XX_Count"): 1}),
        (b"tg_1|s|503|--|1|0|0|", {("tg_1", "RequestCount"): 1, ("tg_1", "HTTPCode_Target_5XX_Count"): 1}),
        (b"tg_1|s|502|SC|-1|0|0|", {
            ("tg_1", "RequestCount"): 1, ("tg_1", "TargetConnectionErrorCount"): 1,
            ("", "HTTPCode_ELB_502_Count"): 1, ("", "HTTPCode_ELB_5XX_Count"): 1,
        }),
        (b"tg_1|s|504|sH|-1|0|0|", {
            ("tg_1", "RequestCount"): 1, ("", "HTTPCode_ELB_504_Count"): 1, ("", "HTTPCode_ELB_5XX_Count"): 1,
        }),
        (b"l|<NOSRV>|503|LR|-1|0|0|empty", {
            ("", "HTTPCode_ELB_503_Count"): 1, ("", "HTTPCode_ELB_5XX_Count"): 1,
        }),
        (b"l|<NOSRV>|301|LR|-1|0|0|redirect", {
            ("", "HTTP_Redirect_Count"): 1, ("", "HTTPCode_ELB_3XX_Count"): 1,
        }),
        (b"l|<NOSRV>|500|LR|-1|0|0|fixed", {("", "HTTP_Fixed_Response_Count"): 1}),
        (b"l|<NOSRV>|400|PR|-1|0|0|", {("", "HTTPCode_ELB_4XX_Count"): 1}),
        (b"Server tg_1/s is DOWN", {}),
        (b"", {}),
    ],
)  # fmt: skip
def test_an_access_line_is_counted_where_aws_counts_it(
    line: bytes, counts: dict[tuple[str, str], int]
) -> None:
    tally = Tally()
    tally.add(line)
    tally.counts.pop(("", "ProcessedBytes"), None)
    assert dict(tally.counts) == counts


def test_response_times_are_a_fair_and_bounded_sample() -> None:
    tally = Tally()
    for number in range(10_000):
        tally.add(b"tg_1|s|200|--|%d|0|0|" % (number % 1000))
    times = [seconds for _, seconds in tally.samples()]
    assert len(times) == SAMPLES
    assert 0.3 < sum(times) / len(times) < 0.7  # 0.5 expected, standard error 0.03
    assert tally.counts["tg_1", "RequestCount"] == 10_000
