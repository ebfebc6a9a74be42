"""Prisma schemas: the database that an application needs, and the setting that says where it is."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, reader

_SOURCE = regex(r"^\s*datasource\s+\w+\s*\{(?P<body>[^}]{0,4000})\}", re.M)
_PROVIDER = regex(r"^\s*provider\s*=\s*\"(?P<engine>\w{1,40})\"", re.M)
_URL = regex(r"^\s*(?P<key>url|directUrl|shadowDatabaseUrl)\s*=\s*env\(\s*\"(?P<name>\w{1,100})\"\s*\)", re.M)
_ENGINES = {"postgresql": "postgres", "cockroachdb": "postgres", "mysql": "mysql", "sqlserver": "sqlserver"}


@reader("Prisma schema", "*.prisma", sniff=rb"^\s*datasource\s", hides=("setting", "implied_store"))
def prisma(file: File, found: Found) -> None:
    """The settings that the schema's data source reads, and the store that they imply."""
    for source in _SOURCE.finditer(file.text):
        provider = _PROVIDER.search(source["body"])
        engine = _ENGINES.get(provider["engine"] if provider else "", "")
        for url in _URL.finditer(source["body"]):
            line = file.text.count("\n", 0, source.start("body") + url.start("name")) + 1
            found.setting(file, url["name"], "read", line, required=url["key"] == "url")
            if (
                engine
                and url["key"] == "url"
                and file.origin == "source"
                and found.first("implied_store", url["name"])
            ):
                more: dict[str, Value] = {"implies": "aws_db_instance", "engine": engine}
                found.fact(
                    file,
                    "implied_store",
                    f"implied:{url['name']}",
                    name=url["name"],
                    line=line,
                    attributes=more,
                )
