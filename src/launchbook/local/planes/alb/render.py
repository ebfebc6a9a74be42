"""A load balancer as a haproxy configuration: pure text from :class:`Balancer` and where its files are.

Two properties carry the rest. The text without servers is the *structure*: only when it changes does the proxy
reload; servers come, go and change over its runtime API. And every rule sets one variable, in order, unless an
earlier one has: so priorities hold whatever the action is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from launchbook.local.planes.alb import actions
from launchbook.local.planes.alb.conditions import acl, quote
from launchbook.local.planes.alb.model import (
    Balancer,
    Fixed,
    Forward,
    Group,
    Listener,
    Redirect,
    Rule,
)

_REASONS = {
    200: "OK", 301: "Moved Permanently", 302: "Found", 400: "Bad Request", 408: "Request Timeout",
    413: "Payload Too Large", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Temporarily Unavailable", 504: "Gateway Time-out",
}  # fmt: skip
#: What haproxy finds wrong → what Elastic Load Balancing answers; a refused connection is a 502 there.
_ERRORS = {400: 400, 408: 408, 413: 413, 500: 500, 501: 501, 502: 502, 503: 502, 504: 504}
_UNAVAILABLE = "unavailable.html"
_CONNECT_SECONDS = 10
#: Fields of one access line, in order; see ``accesses.py``.
LOG = "%b|%s|%ST|%ts|%Tr|%B|%U|%[var(txn.kind)]"


@dataclass(frozen=True)
class Files:
    """Where the proxy of one balancer keeps its files; ``accesses`` is the socket that takes its log."""

    directory: Path

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.directory / "haproxy.cfg"

    @property
    def admin(self) -> Path:
        """The runtime API of the worker."""
        return self.directory / "admin.sock"

    @property
    def master(self) -> Path:
        """The command line of the master, which reloads."""
        return self.directory / "master.sock"

    @property
    def accesses(self) -> Path:
        """The stream that every access line goes to."""
        return self.directory / "log.sock"


def structure(balancer: Balancer) -> Balancer:
    """The balancer without its servers: two with the same one need no reload between them."""
    return replace(balancer, groups=tuple(replace(group, targets=()) for group in balancer.groups))


def pages(balancer: Balancer) -> dict[str, str]:
    """The files that the configuration names: error pages and fixed bodies, by file name."""
    found = {f"error-{code}.http": _error_page(answer) for code, answer in _ERRORS.items()}
    found[_UNAVAILABLE] = error_body(503)
    for number, listener in enumerate(balancer.listeners):
        for position, rule in enumerate(listener.rules):
            if isinstance(rule.action, Fixed) and rule.action.body:
                found[_body_file(number, position)] = rule.action.body
            if isinstance(rule.action, Redirect):
                found[_moved_file(rule.action)] = error_body(rule.action.status)
    return found


def render(balancer: Balancer, files: Files) -> str:
    """The whole configuration."""
    lines = [*_head(balancer, files)]
    for number, listener in enumerate(balancer.listeners):
        http = listener.scheme in ("HTTP", "HTTPS")
        lines += _http(balancer, number, files) if http else _tcp(balancer, listener)
    for group in balancer.groups:
        lines += _backend(group)
    return "\n".join(lines) + "\n"


def server(group: Group, position: int) -> str:
    """The arguments of one server, the same in a file and for ``add server``."""
    target = group.targets[position]
    words = [f"{target.address}:{target.port}"]
    if group.scheme in ("HTTPS", "TLS"):
        words += ["ssl", "verify", "none"]
        words += ["alpn", "h2"] if group.http2 else []
    elif group.http2:
        words += ["proto", "h2"]
    return " ".join(words)


def _head(balancer: Balancer, files: Files) -> Iterator[str]:
    yield from (
        "global",
        f"  stats socket {files.admin} mode 600 level admin expose-fd listeners",
        "  nbthread 2",
        "  maxconn 8000",
        "  no strict-limits",
        "  hard-stop-after 3600s",
        "  log ring@accesses format raw local0",
        "  ssl-default-bind-options ssl-min-ver TLSv1.2",
        "",
        "ring accesses",
        "  format raw",
        "  maxlen 1024",
        "  size 4194304",
        "  timeout connect 5s",
        "  timeout server 10s",
        f"  server reader unix@{files.accesses}",
        "",
        "defaults",
        "  mode http",
        "  log global",
        "  option http-keep-alive",
        "  option dontlognull",
        "  retries 0",
        f"  timeout connect {_CONNECT_SECONDS}s",
        f"  timeout client {balancer.idle_seconds}s",
        f"  timeout server {balancer.idle_seconds}s",
        f"  timeout http-keep-alive {balancer.attributes.get('client_keep_alive.seconds', '3600')}s",
        "  timeout http-request 60s",
        "  timeout queue 10s",
    )
    yield from (f"  errorfile {code} {files.directory / f'error-{code}.http'}" for code in _ERRORS)


def _bind(balancer: Balancer, listener: Listener) -> str:
    words = ["  bind", f"{balancer.address}:{listener.bound}"]
    if listener.certificates:
        words += ["ssl", *(f"crt {path}" for path in listener.certificates)]
        http2 = listener.scheme == "HTTPS" and balancer.on("routing.http2.enabled", "true")
        words += [f"alpn {'h2,' if http2 else ''}http/1.1"] if listener.scheme == "HTTPS" else []
    return " ".join(words)


def _http(balancer: Balancer, number: int, files: Files) -> Iterator[str]:
    listener = balancer.listeners[number]
    yield from ("", f"frontend listener_{listener.port}", _bind(balancer, listener))
    yield f'  log-format "{LOG}"'
    yield from _forwarded(balancer, listener)
    yield "  http-request set-var(txn.query) query"
    yield "  http-request set-var(txn.path) path,regsub(^/,)"
    yield "  http-request set-var(txn.host) req.hdr(host),regsub(:[0-9]+$,)"
    for position, rule in enumerate(listener.rules):
        yield from _match(position, rule)
    for position in range(len(listener.rules)):
        yield from _act(balancer, number, position, files)
    # Reached when the group that was chosen has no target at all, or there is none to choose.
    yield "  http-request set-var(txn.kind) str(empty) if !{ var(txn.backend),nbsrv gt 0 }"
    yield (
        f"  http-request return status 503 content-type text/html file {files.directory / _UNAVAILABLE} "
        "hdr Server awselb/2.0 if { var(txn.kind) -m str empty }"
    )
    yield "  use_backend %[var(txn.backend)]"


def _forwarded(balancer: Balancer, listener: Listener) -> Iterator[str]:
    mode = str(balancer.attributes.get("routing.http.xff_header_processing.mode", "append"))
    port = "%[src]:%[src_port]" if balancer.on("routing.http.xff_client_port.enabled") else "%[src]"
    if mode == "append":
        yield (
            '  http-request set-header X-Forwarded-For "%[req.fhdr(x-forwarded-for)], '
            f'{port}" if {{ req.fhdr(x-forwarded-for) -m found }}'
        )
        yield (
            f'  http-request set-header X-Forwarded-For "{port}" if !{{ req.fhdr(x-forwarded-for) -m found }}'
        )
    elif mode == "remove":
        yield "  http-request del-header X-Forwarded-For"
    yield f"  http-request set-header X-Forwarded-Proto {listener.scheme.lower()}"
    yield f"  http-request set-header X-Forwarded-Port {listener.bound}"
    yield (
        '  http-request set-header X-Amzn-Trace-Id "Root=1-%[date,hex,bytes(8,8)]-%[uuid(4),regsub(-,,g),bytes(0,24)]" '
        "if !{ req.fhdr(x-amzn-trace-id) -m found }"
    )


def _match(position: int, rule: Rule) -> Iterator[str]:
    names = []
    for index, condition in enumerate(rule.conditions):
        name = f"r{position}_{index}"
        line = acl(name, condition)
        if line is None:
            return  # a condition that can never hold
        names.append(name)
        yield f"  {line}"
    unless = "!{ var(txn.rule) -m found }"
    yield f"  http-request set-var(txn.rule) int({position}) if {' '.join([unless, *names])}"


def _act(balancer: Balancer, number: int, position: int, files: Files) -> Iterator[str]:
    chosen = f"{{ var(txn.rule) -m int {position} }}"
    match balancer.listeners[number].rules[position].action:
        case Forward(choices):
            yield from actions.choose(choices, chosen)
        case Redirect() as action:
            page = f"content-type text/html file {files.directory / _moved_file(action)}"
            yield from actions.redirect(action, balancer, balancer.listeners[number], chosen, page)
        case Fixed() as action:
            yield f"  http-request set-var(txn.kind) str(fixed) if {chosen}"
            words = [f"  http-request return status {action.status}"]
            if action.body:
                path = files.directory / _body_file(number, position)
                words.append(f"content-type {quote(action.content_type)} file {path}")
            yield " ".join([*words, f"hdr Server awselb/2.0 if {chosen}"])


def _tcp(balancer: Balancer, listener: Listener) -> Iterator[str]:
    yield from ("", f"frontend listener_{listener.port}", "  mode tcp", "  no log", _bind(balancer, listener))
    action = listener.rules[-1].action
    if isinstance(action, Forward) and action.choices:
        yield f"  default_backend {action.choices[0].group}"


def _backend(group: Group) -> Iterator[str]:
    tcp = group.scheme in ("TCP", "TLS")
    yield from ("", f"backend {group.key}", f"  mode {'tcp' if tcp else 'http'}")
    yield f"  balance {group.algorithm}"
    if group.sticky_seconds and not tcp:
        name = group.sticky_cookie or "AWSALB"
        yield f"  cookie {name} insert indirect nocache dynamic maxlife {group.sticky_seconds}"
        yield f"  dynamic-cookie-key {group.key}"
    for position, target in enumerate(group.targets):
        yield (f"  server {target.name} {server(group, position)}{'' if target.ready else ' disabled'}")


def _body_file(number: int, position: int) -> str:
    return f"body-{number}-{position}"


def _moved_file(action: Redirect) -> str:
    return f"moved-{action.status}.html"


def error_body(status: int) -> str:
    """The page of an error or a redirect of Elastic Load Balancing's own."""
    title = f"{status} {_REASONS.get(status, 'Error')}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )


def _error_page(status: int) -> str:
    body = error_body(status)
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nServer: awselb/2.0\r\nContent-Type: text/html\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
