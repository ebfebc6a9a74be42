"""Spring Boot: its settings files with their profiles, the settings its classes bind, what Actuator serves.

Values of settings are not kept, with one exception: what Actuator is told about its own paths and ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from launchbook.model import Value
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.environments import canonical
from launchbook.repo.lined import Map, lines_below
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader, reader_of_all

_PROFILE = regex(r"^(?:application|bootstrap)-([\w-]+)\.(?:ya?ml|properties)$")
_ENTRY = regex(r"^\s*(?P<key>[A-Za-z][\w.\[\]-]*)\s*[=:]\s?(?P<value>.*)$")
_PLACEHOLDER = regex(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?P<default>:)?")
_BUILDS = ("pom.xml", "build.gradle", "build.gradle.kts")
_SETTINGS = ("application*.yml", "application*.yaml", "application*.properties", "bootstrap*.yml")
_WEB = "management.endpoints.web."
#: What ``include: "*"`` opens that a stranger would like to see.
_ALL = (
    "health",
    "info",
    "metrics",
    "env",
    "beans",
    "configprops",
    "mappings",
    "loggers",
    "threaddump",
    "heapdump",
)


@record()
class Entry:
    """One property as it is written in one document of one file."""

    key: str
    value: str
    line: int
    profile: str


def entries(file: File) -> list[Entry]:
    """Every property of a settings file. Raises Unreadable."""
    match = _PROFILE.match(file.name)
    profile = match[1] if match else ""
    if file.name.endswith(".properties"):
        return list(_properties(file.text, profile))
    found: list[Entry] = []
    for document in file.yaml:
        if isinstance(document, Map):
            lines = lines_below(document)
            flat = _flat(document)
            named = flat.get("spring.config.activate.on-profile") or flat.get("spring.profiles") or profile
            found += [Entry(key, value, lines.get(key, document.line), named) for key, value in flat.items()]
    return found


def _properties(text: str, profile: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _ENTRY.match(line[:4000])
        if match and not line.lstrip().startswith(("#", "!")):
            yield Entry(match["key"], match["value"].strip(), number, profile)


def _flat(document: Mapping[str, object]) -> dict[str, str]:
    """Dotted keys with their values as text; lists of plain values joined by commas."""
    found: dict[str, str] = {}
    stack: list[tuple[str, object]] = [("", document)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, Mapping):
            stack += [(f"{path}.{key}" if path else key, item) for key, item in reversed(list(here.items()))]
        elif isinstance(here, list) and all(not isinstance(item, Mapping | list) for item in here):
            found[path] = ",".join(map(str, here))
        elif not isinstance(here, list):
            found[path] = "" if here is None else str(here)
    return found


_CONTEXT_PATHS = ("server.servlet.context-path", "spring.webflux.base-path", "server.context-path")


@reader("Spring settings", *_SETTINGS, hides=("setting",))
def spring_settings(file: File, found: Found) -> None:
    """Each property that the file sets, by profile, and each environment variable that it takes a value from."""
    if not re.search(r"(^|/)(resources|config)(/|$)", file.folder) and "spring" not in file.text:
        return
    read: set[str] = set()
    for entry in entries(file):
        environment = canonical(entry.profile) if entry.profile else ""
        own = entry.key.startswith(("spring.", "server.", "management.", "logging."))
        if entry.key.replace("_", "-").lower() in _CONTEXT_PATHS and not entry.profile:
            _context_path(file, entry.value, found)
        _implied(file, entry, found)
        found.setting(file, entry.key, "set", entry.line, environment, of="spring", framework=own)
        for match in _PLACEHOLDER.finditer(entry.value):
            if match["name"] not in read:
                read.add(match["name"])
                found.setting(file, match["name"], "read", entry.line, required=match["default"] is None)


_JDBC = regex(r"^[\"']?jdbc:(?:aws-wrapper:)?(?P<engine>postgresql|mysql|mariadb|sqlserver|oracle)\b")


def _implied(file: File, entry: Entry, found: Found) -> None:
    """The store that a data source or a Redis host implies, once for each setting."""
    jdbc = _JDBC.match(entry.value) if entry.key.endswith((".url", "jdbc-url")) else None
    redis = re.fullmatch(r"spring\.(data\.)?redis\.(host|url|cluster\.nodes)", entry.key)
    known = file.origin == "source" and "/test/" not in file.path
    if not (jdbc or redis) or not known or not found.first("implied_store", entry.key):
        return
    engine = jdbc["engine"].replace("postgresql", "postgres") if jdbc else "redis"
    kind = "aws_db_instance" if jdbc else "aws_elasticache_replication_group"
    more: dict[str, Value] = {"implies": kind, "engine": engine}
    found.fact(
        file, "implied_store", f"implied:{entry.key}", name=entry.key, line=entry.line, attributes=more
    )


def application(file: File) -> Router:
    """The application that a source or settings file of a project belongs to, as what its controllers mount on."""
    return Router(re.sub(r"(^|/)src/main/.*$", "", file.path), "Spring")


def _context_path(file: File, value: str, found: Found) -> None:
    """``server.servlet.context-path`` stands before every route of the project; a placeholder counts by its default."""
    told = re.sub(r"\$\{[\w.-]+:([^}]*)\}", r"\1", value).strip("\"'").rstrip("/")
    front = Router(application(file).file, "Spring's context path")
    found.mounts.roots.add(front)
    found.mounts.mount(Mount(front, application(file), None if "${" in told else told))


@reader_of_all("Spring Actuator", *_SETTINGS, *_BUILDS, hides=("endpoint",))
def actuator(files: Sequence[File], found: Found) -> None:
    """What Actuator serves by itself in each project that depends on it."""
    for build in files:
        if build.name not in _BUILDS or "spring-boot-starter-actuator" not in build.text:
            continue
        below = f"{build.folder}/" if build.folder else ""
        settings = [
            (file, entry)
            for file in files
            if file.name not in _BUILDS and file.path.startswith(below) and "/test/" not in file.path
            for entry in entries(file)
        ]
        at = next(n for n, line in enumerate(build.text.splitlines(), 1) if "starter-actuator" in line)
        _serves(build, at, settings, found)


def _serves(build: File, at: int, settings: list[tuple[File, Entry]], found: Found) -> None:
    """Profiles may change a part; the base path and port of the plain file hold unless only a profile gives them."""
    known: dict[str, tuple[File, Entry]] = {}
    for file, entry in sorted(settings, key=lambda item: item[1].profile):
        known.setdefault(entry.key.replace("_", "-"), (file, entry))

    def value(key: str, default: str) -> str:
        return known[key][1].value if key in known else default

    base = value(f"{_WEB}base-path", "/actuator").rstrip("/")
    included = value(f"{_WEB}exposure.include", "health").strip("\"'")
    left_out = {name.strip() for name in value(f"{_WEB}exposure.exclude", "").split(",")}
    names = list(_ALL) if included == "*" else [name.strip() for name in included.split(",")]
    if value("management.endpoint.health.probes.enabled", "") == "true" and "health" in names:
        names += ["health/liveness", "health/readiness"]
    port = value("management.server.port", "")
    context = "" if port else value("server.servlet.context-path", "").rstrip("/")
    if "${" in base + included + context:
        found.gap(build, "Actuator's paths are set when it starts", "write them in application.yml", at)
        return
    for name in names:
        if name in left_out or not re.fullmatch(r"[\w/-]{1,60}", name):
            continue
        path = value(f"{_WEB}path-mapping.{name}", name)
        keys = (f"{_WEB}base-path", f"{_WEB}exposure.include")
        said = next((key for key in (keys if name == "health" else reversed(keys)) if key in known), "")
        file, line = (known[said][0], known[said][1].line) if said else (build, at)
        kind = "liveness" if name == "health" else kind_of(f"/{name}")
        kind = "diagnostic" if kind == "other" else kind
        shown_at = f"{context}{base}/{path}"
        found.endpoint(
            file, "GET", shown_at, line, kind=kind, of="actuator", served_by="Spring Actuator", port=port
        )


_VALUE = regex(r"@Value\(\s*\"[^\"\n]{0,80}?\$\{(?P<name>[\w.-]{2,100})(?P<default>:)?")
_BOUND = regex(r"@ConfigurationProperties\(\s*(?:(?:prefix|value)\s*=\s*)?\"(?P<prefix>[\w.-]{1,100})\"\s*\)")
_FIELD = regex(
    r"^\s*(?:private|var|val)\s+(?:final\s+)?[\w<>,. ?\[\]]{1,80}?\s(?P<name>[a-z]\w{0,60})\s*[;=:]"
)
_COMPONENT = regex(r"(?:^|[(,])\s*(?:@\w+\s+)?[A-Z\w][\w<>.\[\]]{0,60}\s+(?P<name>[a-z]\w{0,60})\s*(?=[,)])")
_RECORD = regex(r"\brecord\s+\w+\s*\((?P<parts>[^)]{0,4000})\)")


@reader(
    "Spring bindings",
    "*.java",
    "*.kt",
    sniff=rb"@Value\(|@ConfigurationProperties\(",
    hides=("setting",),
)
def bindings(file: File, found: Found) -> None:
    """``@Value("${…}")`` and the fields of classes that are bound to a prefix, as settings that the code reads."""
    seen: set[str] = set()
    for number, line in enumerate(file.text.splitlines(), 1):
        for match in _VALUE.finditer(line[:4000]):
            if match["name"] not in seen:
                seen.add(match["name"])
                required = match["default"] is None
                found.setting(file, match["name"], "read", number, required=required, bound=True)
    bound = _BOUND.search(file.text)
    if bound is None:
        return
    for name, number in _bound_fields(file.text, bound.end()):
        full = f"{bound['prefix']}.{kebab(name)}"
        if full not in seen:
            seen.add(full)
            found.setting(file, full, "read", number, required=False, bound=True, accessor=name)


def _bound_fields(text: str, start: int) -> Iterator[tuple[str, int]]:
    first = text.count("\n", 0, start) + 1
    record = _RECORD.search(text, start, start + 4400)
    if record is not None:
        for part in _COMPONENT.finditer(f"({record['parts']})"):
            at = record.start("parts") + max(0, part.start("name") - 1)
            yield part["name"], text.count("\n", 0, at) + 1
        return
    for number, line in enumerate(text[start:].splitlines(), first):
        held = _FIELD.match(line[:400])
        if held:
            yield held["name"], number


def kebab(name: str) -> str:
    """``queueUrl`` as Spring's documents write it: ``queue-url``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
