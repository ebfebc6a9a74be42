"""Spring Cloud AWS: the region that settings files name, and the queues that annotated methods listen to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.deploys import REGION
from launchbook.repo.environments import canonical
from launchbook.repo.formats.spring import entries
from launchbook.repo.reader import File, Found, reader, unread

_REGION_KEYS = ("cloud.aws.region.static", "spring.cloud.aws.region.static", "aws.region")
_LISTENER = regex(
    r"@(?P<kind>SqsListener|JmsListener|RabbitListener|KafkaListener)\(\s*(?P<given>[^()]{0,400}(?:\([^()]{0,100}\)[^()]{0,200})?)\)"
)
_TEXT = regex(r"\"(?P<text>[^\"\n]{1,200})\"")
_OF = {"SqsListener": "sqs", "JmsListener": "jms", "RabbitListener": "rabbit", "KafkaListener": "kafka"}
_PLACEHOLDER = regex(r"[$#]\{(?P<name>[\w.-]{2,100})(?P<default>:)?[^}]*\}")
#: Attributes of a listener that name no queue.
_OTHER = regex(
    r"\b(?:id|factory|containerFactory|groupId|deletionPolicy|concurrency|selector|ackMode|pollTimeoutSeconds)\s*=\s*\"[^\"\n]*\""
)


@reader(
    "Spring Cloud AWS",
    "application*.yml",
    "application*.yaml",
    "application*.properties",
    "bootstrap*.yml",
    sniff=rb"aws",
    hides=("sdk_client",),
)
def spring_region(file: File, found: Found) -> None:
    """The region that every client of the application is made with, by profile."""
    for entry in entries(file):
        if entry.key not in _REGION_KEYS:
            continue
        plain = REGION.fullmatch(entry.value)
        region: Value = entry.value if plain else unread("a setting decides it when it starts")
        profile = canonical(entry.profile) if entry.profile else ""
        found.fact(
            file,
            "sdk_client",
            f"client:spring:{entry.line}",
            name="spring-cloud-aws",
            line=entry.line,
            attributes={"region": region, "environment": profile},
            lines={"region": entry.line},
        )


@reader(
    "message listeners",
    "*.java",
    "*.kt",
    sniff=rb"@(?:SqsListener|JmsListener|RabbitListener|KafkaListener)\b",
    hides=("sdk_call",),
)
def listeners(file: File, found: Found) -> None:
    """A method that a queue's messages start: the queue by name, or the setting that names it."""
    for match in _LISTENER.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        service = _OF[match["kind"]]
        for number, name in enumerate(_queues(match["given"])):
            setting = _PLACEHOLDER.search(name)
            queue: Value = (
                unread(f"the setting {setting['name']} names it") if setting else name.rpartition("/")[2]
            )
            found.fact(
                file,
                "sdk_call",
                f"{service}:ReceiveMessage:{line}:{number}",
                name=f"{service} ReceiveMessage",
                line=line,
                attributes={"service": service, "operation": "ReceiveMessage", "queue": queue},
                lines={"queue": line},
            )
            if setting and re.search(r"[.a-z]", setting["name"]):
                required = setting["default"] is None
                found.setting(file, setting["name"], "read", line, required=required, bound=True)


def _queues(given: str) -> Iterator[str]:
    plain = _OTHER.sub("", given)
    yield from (match["text"] for match in _TEXT.finditer(plain))
