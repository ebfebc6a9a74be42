"""Environment variables by name: where each is set, read and documented, and what reads it where no code does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from launchbook.model import Fact, Facts, Setting, Value
from launchbook.patterns import regex

#: Names that a platform, a runtime, a library or a known image reads by itself, whatever the code says.
_READ_BY_OTHERS = regex(
    # the AWS SDKs and what Lambda and ECS run code with
    r"AWS_\w+|LAMBDA_\w+|_X_AMZN_\w+|ECS_\w+|POWERTOOLS_\w+|XRAY_\w+|CDK_\w+|SAM_\w+"
    # what watches a process
    r"|(OTEL|DD|DATADOG|SENTRY|NEW_RELIC|ELASTIC_APM|HONEYCOMB|APPLICATIONINSIGHTS|GF|PROMETHEUS)_\w+"
    # runtimes and their tools
    r"|(NODE|NPM|YARN|PNPM|NEXT_TELEMETRY|NEXTAUTH|AUTH|TURBO|PRISMA)_\w+|CI|NITRO_\w+|NUXT_\w+"
    r"|(PYTHON|PIP|POETRY|UV|CONDA|GUNICORN|UVICORN|HYPERCORN|FLASK|CELERY|DJANGO)_?[A-Z]\w*|VIRTUAL_ENV|WEB_CONCURRENCY"
    r"|(JAVA|JDK|JVM|_JAVA|MAVEN|GRADLE|CATALINA|TOMCAT|SPRING|SERVER|MANAGEMENT|LOGGING|QUARKUS|MICRONAUT)_\w+"
    r"|GO(MAXPROCS|MEMLIMIT|GC|OS|ARCH|PROXY|FLAGS|PATH|ROOT|DEBUG|TRACEBACK)|CGO_ENABLED|GIN_MODE|RUST_(LOG|BACKTRACE)"
    r"|(RAILS|RACK|BUNDLE|RUBY|PUMA|SIDEKIQ|MALLOC)_\w+|SECRET_KEY_BASE|RUBYOPT"
    r"|(DOTNET|ASPNETCORE|NUGET)_\w+|[A-Za-z]\w*__\w+|(PHP|APACHE|NGINX|COMPOSER|XDEBUG)_\w+|MIX_ENV|ERL_\w+|RELEASE_\w+"
    # databases, brokers and their clients
    r"|(POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO_INITDB|MSSQL|RABBITMQ|KAFKA|ZOOKEEPER|MINIO|LOCALSTACK|KEYCLOAK|KC)_\w+"
    r"|PG(HOST|HOSTADDR|PORT|USER|PASSWORD|PASSFILE|DATABASE|SSLMODE|SSLROOTCERT|OPTIONS|DATA|APPNAME|SERVICE|TZ)"
    # keys that a vendor's own library looks up
    r"|(OPENAI|ANTHROPIC|STRIPE|TWILIO|SENDGRID|ALGOLIA|HF|HUGGINGFACE)_API_KEY|TWILIO_(ACCOUNT_SID|AUTH_TOKEN)|CLERK_\w+"
    # tools of the people who build and deploy
    r"|(TF|ARM|PULUMI|TERRAGRUNT|TG|DOCKER|COMPOSE|BUILDKIT|KUBE|HELM|GITHUB|GH|ACTIONS|RUNNER|CODEBUILD|AMPLIFY)_?[A-Z]\w*"
    r"|(VERCEL|NETLIFY|SONAR|SNYK|CODECOV|CYPRESS|PLAYWRIGHT|JEST|VITEST|COREPACK|HUSKY|ANSIBLE|SST)_\w+|KUBECONFIG"
    # the system underneath
    r"|HOST|HOSTNAME|PORT|PATH|HOME|USER|SHELL|TERM|TZ|LANG|LANGUAGE|LC_\w+|LD_\w+|DEBIAN_FRONTEND|PS1|TMPDIR|EDITOR"
    r"|LOG_?LEVEL|DEBUG|VERBOSE|NO_COLOR|FORCE_COLOR|(HTTPS?|NO|ALL|FTP)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE"
    r"|CURL_CA_BUNDLE|XDG_\w+|S6_\w+|PUID|PGID|UMASK"
)


@dataclass
class SettingUse:
    """One environment variable by name: where it is set (environment to places), read, documented.

    ``required`` is False when every reader goes on without it; ``framework`` means that a platform, a library or an
    image reads it; ``used_at`` is where commands use it (a script, an entry point, a pipeline's step).
    """

    name: str
    secret: bool
    reserved: bool
    required: bool = False
    framework: bool = False
    set_in: dict[str, list[str]] = field(default_factory=dict)
    read_at: list[str] = field(default_factory=list)
    documented_at: list[str] = field(default_factory=list)
    used_at: list[str] = field(default_factory=list)


def settings(facts: Facts) -> list[SettingUse]:
    """Environment variables by name, with where each is set, read and documented."""
    found: dict[str, SettingUse] = {}
    reserved = {fact.name for fact in facts.seen(Setting) if fact.attributes.get("reserved")}
    used: dict[str, list[str]] = {}
    for fact in facts.seen(Setting):
        role, place = _text(fact, "role"), str(fact.where)
        if role == "used":
            used.setdefault(fact.name, []).append(place)
            continue
        use = found.setdefault(
            fact.name, SettingUse(fact.name, bool(fact.attributes.get("secret")), fact.name in reserved)
        )
        use.framework = use.framework or bool(fact.attributes.get("framework"))
        if role == "set":
            use.set_in.setdefault(_text(fact, "environment") or "any", []).append(place)
        elif role == "read":
            use.read_at.append(place)
            use.required = use.required or fact.attributes.get("required") is not False
        elif role == "document":
            use.documented_at.append(place)
    _bound(facts, found)
    for use in found.values():
        use.used_at = used.get(use.name, [])
        use.framework = use.framework or _READ_BY_OTHERS.fullmatch(use.name) is not None
    return sorted(found.values(), key=lambda use: use.name)


def _bound(facts: Facts, found: dict[str, SettingUse]) -> None:
    """A variable that sets a setting of another spelling is read where that one is, and sets it."""
    for relation in facts.relations:
        if relation.kind != "reads-setting":
            continue
        one, other = facts.find(relation.source), facts.find(relation.target)
        if one is None or other is None or one.name == other.name:
            continue
        if other.name in found and one.name in found:
            found[one.name].read_at.append(str(relation.where))
            found[other.name].set_in.setdefault(_text(one, "environment") or "any", []).append(str(one.where))


def missing(uses: Iterable[SettingUse]) -> list[SettingUse]:
    """Settings that code cannot do without and nothing sets."""
    return [use for use in uses if use.required and not use.set_in and not use.reserved]


def defaulted(uses: Iterable[SettingUse]) -> list[SettingUse]:
    """Settings that code reads and nothing sets: its default holds everywhere."""
    return [use for use in uses if use.read_at and not (use.required or use.set_in or use.reserved)]


def unused(uses: Iterable[SettingUse]) -> list[SettingUse]:
    """Settings that something sets and nothing is known to read."""
    return [use for use in _set_alone(uses) if not (use.framework or use.used_at)]


def read_by_others(uses: Iterable[SettingUse]) -> list[SettingUse]:
    """Settings that something sets and a platform, a library or an image reads by itself: no code here does."""
    return [use for use in _set_alone(uses) if use.framework]


def _set_alone(uses: Iterable[SettingUse]) -> list[SettingUse]:
    return [use for use in uses if use.set_in and not (use.read_at or use.reserved)]


def _text(fact: Fact, key: str) -> str:
    value: Value = fact.attributes.get(key)
    return value if isinstance(value, str) else ""
