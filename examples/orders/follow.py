"""Follow log groups of CloudWatch Logs, as they grow."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_PAUSE = 0.25  # seconds between looks


def follow(logs: Any, groups: Mapping[str, str], show: Callable[[str, str], None]) -> None:
    """Call `show(name, line)` for each line of `groups` (log group by name), for as long as the AWS answers."""
    threading.Thread(target=_follow, args=(logs, groups, show), daemon=True).start()


def _follow(logs: Any, groups: Mapping[str, str], show: Callable[[str, str], None]) -> None:
    tokens: dict[tuple[str, str], str] = {}
    pause = threading.Event()
    while not pause.wait(_PAUSE):
        try:
            for name, group in groups.items():
                for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
                    for line in _new(logs, group, stream["logStreamName"], tokens):
                        show(name, line)
        except (BotoCoreError, ClientError):
            return  # whoever runs the AWS says why it has gone


def _new(logs: Any, group: str, stream: str, tokens: dict[tuple[str, str], str]) -> list[str]:
    token = tokens.get((group, stream))
    since = {"nextToken": token} if token else {}
    found = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **since)
    tokens[group, stream] = found["nextForwardToken"]
    return [event["message"] for event in found["events"]]
