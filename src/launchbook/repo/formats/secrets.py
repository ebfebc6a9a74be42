"""Files that should not lie in a repository, told by what they are first and by pattern second. No content is kept."""

from __future__ import annotations

import re

from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, reader

_IDENTITY = {
    r"\.(pem|key|p12|pfx|jks|keystore|ppk)$": "a private key or key store",
    r"^id_(rsa|dsa|ecdsa|ed25519)$": "a private key",
    r"^(credentials|\.netrc|\.pgpass|\.htpasswd|\.npmrc|\.pypirc)$": "stored credentials",
    r"\.tfplan$": "a Terraform plan, which holds values",
    r"^(service-account|gcp-key|firebase-adminsdk).*\.json$": "a service account's key",
    r"(env|secret|credential|password)s?[-_.](dump|backup|export)": "a dump of settings",
}
_PUBLIC = regex(r"(ca|chain|cert|public|bundle|pub)\b.*\.(pem|crt)$|\.pub$", re.I)


@reader(
    "files of secrets",
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk", "id_*", "credentials", ".netrc"),
    *(
        ".pgpass",
        ".htpasswd",
        "*.tfplan",
        "service-account*.json",
        "gcp-key*.json",
        "*dump*",
        "*secret*",
        "*credentials*",
    ),
    *("**/secrets-backup/*", "**/secrets/*", "**/.secrets/*", "**/secret/*"),
    hides=(),
)
def secret_files(file: File, found: Found) -> None:
    """One document a file. A page, a template, source code or a public certificate is none."""
    in_folder = re.search(r"(^|/)\.?secrets?(-backup)?/", file.path) is not None
    if file.name.lower().endswith(
        (".md", ".py", ".ts", ".tsx", ".js", ".go", ".java", ".tf", ".rb", ".sh", ".html", ".css")
    ):
        return
    why = next((text for pattern, text in _IDENTITY.items() if re.search(pattern, file.name, re.I)), "")
    if _PUBLIC.search(file.name) or re.search(r"example|sample|template|\.ya?ml$", file.name, re.I):
        return
    if why or in_folder:
        found.document(file, "secrets", file.name, _first(file), why=why or "a file in a folder of secrets")


def _first(file: File) -> int:
    """The line of the first setting in a dump as JSON; the file's first line otherwise."""
    if not file.name.endswith(".json"):
        return 1
    lines = file.text.splitlines()
    return next((at for at, text in enumerate(lines, 1) if re.search(r'"[A-Z][A-Z0-9_]{3,}"\s*:', text)), 1)


@reader(
    "keys in text",
    *(
        "*.json",
        "*.yml",
        "*.yaml",
        "*.toml",
        "*.ini",
        "*.cfg",
        "*.conf",
        "*.tf",
        "*.tfvars",
        "*.sh",
        "*.properties",
    ),
    *("*.ts", "*.js", "*.py", "*.rb", "*.go", "*.java", "*.txt", "*.md", "*.env", ".env", ".env.*"),
    sniff=rb"A(KIA|SIA)[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-\d",
    hides=(),
)
def keys_in_text(file: File, found: Found) -> None:
    """A line that holds a credential by its shape; the line's number alone is kept."""
    for number, written in enumerate(file.text.splitlines(), 1):
        for pattern, why in _SHAPES.items():
            if re.search(pattern, written):
                found.document(file, "secrets", file.name, number, why=why)
                return


_SHAPES = {
    r"A(KIA|SIA)[0-9A-Z]{16}": "an AWS access key id",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----": "a private key",
    r"gh[pousr]_[A-Za-z0-9]{36}": "a GitHub token",
    r"xox[abp]-\d": "a Slack token",
}
