"""Frameworks whose routes are not read: one gap for each, so that its endpoints are unknown and never none."""

from __future__ import annotations

from launchbook.patterns import regex
from launchbook.repo.reader import File, Format, Found, reader

#: What tells a framework, by the ending of the file: its name and the command that lists its routes.
_FRAMEWORKS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "php": (
        (r"^\s*Route::(?:get|post|put|patch|delete|any|match|options|view|redirect|resources?|apiResources?|singleton|prefix"
         r"|group|middleware|controller|domain|name)\(",
         "Laravel", "php artisan route:list --json"),
        (r"^\s*(?:\*\s*|/\*\*\s*)?[@#]\[?Route\(", "Symfony", "bin/console debug:router --format=json"),
        (r"\$app->(?:get|post|put|patch|delete|map|group)\(\s*['\"]/", "Slim", "list its routes by hand"),
    ),
    "cs": (
        (r"\.Map(?:Get|Post|Put|Patch|Delete|Group|Controllers|HealthChecks)\(|^\s*\[Http(?:Get|Post|Put|Patch|Delete)\b"
         r"|^\s*\[Route\(", "ASP.NET", "read its OpenAPI document"),
    ),
    "rs": (
        (r"#\[(?:get|post|put|patch|delete|route)\(\s*\"/", "Actix or Rocket", "list its routes by hand"),
        (r"\.route\(\s*\"/[^\"]{0,200}\"\s*,\s*(?:get|post|put|patch|delete|any)\(", "axum", "list its routes by hand"),
    ),
    "ex": ((r"^\s*(?:scope|pipe_through|resources|get|post)\s+[\"':/]", "Phoenix", "mix phx.routes"),),
    "java": (
        (r"^import\s+(?:static\s+)?org\.springframework\.\S*\.RouterFunctions?\b", "Spring's RouterFunction",
         "read its OpenAPI document"),
        (r"^\s*@Path\(", "JAX-RS", "read its OpenAPI document"),
        (r"^import\s+io\.micronaut\.http\.annotation\.", "Micronaut", "read its OpenAPI document"),
        (r"^import\s+io\.(?:vertx\.ext\.web|javalin)\b", "Vert.x or Javalin", "list its routes by hand"),
    ),
    "ts": (
        (r"\b(?:defineEventHandler|eventHandler)\(", "Nuxt or Nitro", "list the files below server/"),
        (r"^export\s+(?:const|async\s+function)\s+(?:GET|POST|PUT|PATCH|DELETE)\b.{0,80}RequestHandler", "SvelteKit",
         "list the files +server.ts"),
    ),
    "rb": ((r"^\s*(?:get|post|put|patch|delete)\s+['\"]/[^'\"]{0,200}['\"]\s*(?:,.{0,80})?do\b", "Sinatra",
            "list its routes by hand"),),
    "py": ((r"\btornado\.web\.(?:Application|url)\(", "Tornado", "list its routes by hand"),
           (r"@(?:http_)?(?:get|post|put|patch|delete)\(\s*['\"]/", "Litestar", "litestar routes")),
}  # fmt: skip
_COMPILED = {
    ending: tuple((regex(pattern, 8), name, hint) for pattern, name, hint in some)  # 8: multi-line
    for ending, some in _FRAMEWORKS.items()
}


#: What a file of each ending holds where one of these frameworks is used: a few texts, for every file is asked.
_SNIFFS = {
    "php": rb"Route::|#\[Route\(|@Route\(|\$app->",
    "cs": rb"\.Map(Get|Post|Put|Delete|Group|Controllers)\(|\[Http(Get|Post)\b|\[Route\(",
    "rs": rb"#\[(get|post|put|route)\(|\.route\(\s*\"/",
    "ex": rb"pipe_through",
    "java": rb"RouterFunction|@Path\(|io\.micronaut\.http|io\.vertx\.ext\.web|io\.javalin",
    "ts": rb"ventHandler\(|RequestHandler",
    "rb": rb"sinatra|Sinatra::",
    "py": rb"tornado\.web|itestar",
}


def unread_routes(file: File, found: Found) -> None:
    """The first file of each framework stands for all of them."""
    if file.origin != "source" or "test" in file.name.lower():
        return
    for pattern, name, hint in _COMPILED[file.name.rpartition(".")[2]]:
        match = pattern.search(file.text[:256_000])
        if match is not None and found.first("framework", name):
            line = file.text.count("\n", 0, match.start()) + 1
            found.gap(file, f"routes of {name} are not read", hint, line)


def _reader_of(ending: str) -> Format:
    name = f"routes of other frameworks in .{ending}"
    return reader(name, f"*.{ending}", sniff=_SNIFFS[ending], hides=("endpoint",))(unread_routes)


PHP, CSHARP, RUST, ELIXIR = map(_reader_of, ("php", "cs", "rs", "ex"))
JAVA, TYPESCRIPT, RUBY, PYTHON = map(_reader_of, ("java", "ts", "rb", "py"))
