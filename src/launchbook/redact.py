"""What may never leave: secrets by name, secrets by pattern, and characters that drive a terminal.

Every reader drops secret values at the door (:func:`without_secrets`), and every output passes its strings through
:func:`shown` once more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from launchbook.patterns import regex

HELD = "[held back]"

#: Words in a setting's or an attribute's name that only a secret would have.
_SECRET_WORDS = regex(
    r"(?:^|[_\-.])(?:passw(?:or)?d|passwd|pass(?!_(?:role|through|rate))|pwd|passphrase|secret|secrets|tok|token|tokens|"
    r"api_?keys?|access_?keys?|"
    r"secret_?keys?|private_?keys?|signing_?keys?|encryption_?keys?|master_?keys?|auth_?keys?|credentials?|creds|"
    r"dsn|webhook(?:_url)?|salt|pepper|bearer|jwt|pin|otp|connection_?string|database_url|redis_url|mongo(?:db)?_ur[il]|"
    r"sas|session_?keys?|client_?keys?|service_?keys?|deploy_?keys?|license_?keys?|kms_?plaintext|hmac)(?:$|[_\-.])",
    re.I,
)
#: Names with a secret's word that hold an identity, a place or a number, never the secret itself.
_IDENTITIES = regex(
    r"(?:_|\b)(?:arn|arns|name|names|id|ids|length|rotation|ttl|expiry|expires|enabled|policy|type|version|days|"
    r"file|path|region|url_path|count|required|max_age|window|provider|manager|status|audience|issuer|"
    r"prefix|suffix|in_days|tags?|description|rules?|optional|endpoint|mode|scheme|format|usage|"
    r"githubusercontent\.com:(?:sub|aud))$",
    re.I,
)
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_PATTERNS = regex(
    "|".join(
        (
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?"
            r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            r"\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA|AGPA|ANPA|ANVA)[A-Z0-9]{12,}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{16,}\b",
            r"\bgithub_pat_\w{20,}",
            r"\bgl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[\w-]{16,}",
            r"\bxox[abeoprs]-[\w-]{8,}",
            r"\bxapp-[\w-]{8,}",
            r"https://hooks\.slack\.com/[\w/+-]+",
            r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[\w/-]+",
            r"https://[\w.-]+\.webhook\.office\.com/[^\s\"']+",
            r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{8,}",
            r"\bpk_(?:live|test)_[A-Za-z0-9]{8,}",
            r"\bwhsec_[A-Za-z0-9+/=]{8,}",
            r"\bsk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{16,}",
            r"\bAIza[\w-]{30,}",
            r"\bya29\.[\w.-]{10,}",
            r"\bGOCSPX-[\w-]{16,}",
            r"\bSG\.[\w-]{12,}\.[\w-]{12,}",
            r"\bkey-[0-9a-f]{32}\b",
            r"\bmd-[\w-]{20,}\b",
            r"\bnpm_[A-Za-z0-9]{20,}",
            r"\bpypi-[\w-]{16,}",
            r"\bdop_v1_[0-9a-f]{32,}",
            r"\bhf_[A-Za-z0-9]{20,}",
            r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}",
            r"\bdckr_pat_[\w-]{16,}",
            r"\bhv[sb]\.[\w-]{16,}",
            r"\b[a-zA-Z0-9]{14}\.atlasv1\.[\w=-]{20,}",
            r"\bATATT[\w=-]{16,}",
            r"\bdapi[0-9a-f]{32}",
            r"\bsq0(?:atp|csp)-[\w-]{16,}",
            r"\bEAA[A-Za-z0-9]{20,}",
            r"\bNRAK-[A-Z0-9]{20,}",
            r"\bglsa_\w{16,}",
            r"\bglc_[\w=+/]{16,}",
            r"\blin_api_\w{16,}",
            r"\bPMAK-[\w-]{20,}",
            r"\bsntrys_[\w=+/.-]{16,}",
            r"\brk_[A-Za-z0-9]{20,}",
            r"\bAGE-SECRET-KEY-1[A-Z0-9]{10,}",
            r"\b\d{8,10}:AA[\w-]{30,}",
            r"\beyJ[\w-]{8,}\.[\w-]{4,}\.?[\w-]*",
            r"(?i:\b(?:basic|bearer)\s+)(?=[\w+/=.-]*\d)[\w+/=.-]{12,}",
            # The ARN of a secret names it (``…:123456789012:secret:shop/database``); it is not one.
            r"(?i:\b(?!(?:(?<=:\d{12}:)|(?<=:\$\{AWS::AccountId\}:)|(?<=:\*:))secret:)"
            r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey|sharedaccesskey"
            r"|secret[_-]?key|auth)[\"']?\s*[:=]\s*[\"']?)(?![$%{<\[(])[^\s\"',;&<>{}\[\]()]{6,}",
            r"(?i:[?&](?:sig|signature|x-amz-signature|token|key|code|secret|password)=)[^&\s\"']{6,}",
        )
    )
)
#: Every match of the patterns holds one of these, in lower case: most texts are let through by looking for them alone.
_MARKS = (
    "-----begin",
    "akia",
    "asia",
    "aroa",
    "aida",
    "abia",
    "acca",
    "agpa",
    "anpa",
    "anva",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "glptt-",
    "gldt-",
    "glrt-",
    "glcbt-",
    "glsoat-",
    "glft-",
    "glimt-",
    "glagent-",
    "xox",
    "xapp-",
    "hooks.slack",
    "api/webhooks",
    "webhook.office",
    "k_live_",
    "k_test_",
    "whsec_",
    "sk-",
    "aiza",
    "ya29.",
    "gocspx-",
    "sg.",
    "key-",
    "md-",
    "npm_",
    "pypi-",
    "dop_v1_",
    "hf_",
    "shpat_",
    "shpca_",
    "shppa_",
    "shpss_",
    "dckr_pat_",
    "hvs.",
    "hvb.",
    "atlasv1",
    "atatt",
    "dapi",
    "sq0",
    "eaa",
    "nrak-",
    "glsa_",
    "glc_",
    "lin_api_",
    "pmak-",
    "sntrys_",
    "rk_",
    "age-secret-key",
    "eyj",
    ":aa",
    "basic",
    "bearer",
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "sig=",
    "signature=",
    "code=",
)
#: The user part of a URL that carries a password: the host stays.
_USERINFO = regex(r"(?<=://)[^\s/@:\"'$<{]*:[^\s@\"']+(?=@)")
_TOKEN = regex(r"(?<![\w+/])[A-Za-z0-9+/_]{24,}={0,2}(?![\w+/])")
#: A word in a name that is several: with a vowel, and with nothing that no tongue could say.
_WORD = regex(r"(?=[A-Z]?[a-z]{0,3}[aeiouyAEIOUY])[A-Z]?[a-z]{3,}(?![a-z])")
_UNSPEAKABLE = regex(r"[^aeiouy]{4}|[aeiou]{4}|[jqvwx][bcdfghjkmnpqstvwxz]|q[^u]|(.)\1\1")
#: What the CDK puts behind a name to tell it from others.
_LOGICAL_HASH = regex(r"[0-9A-F]{8}$")
#: The id of a hosted zone, as Route 53 writes it.
_ZONE = regex(r"/?hostedzone/[A-Z0-9]{8,32}")
_HEX = regex(r"(?<![\w:@-])(?:SK|AC)?[0-9a-fA-F]{32,}(?![\w-])")
#: What the shorter secrets cannot do without: ``password=…``, ``user:pass@``.
_TELLING = regex(r"[:=?&@ ]")
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@lru_cache(maxsize=10_000)  # the same attributes are in every resource of a kind
def names_secret(name: str) -> bool:
    """Whether a setting or attribute of this name would hold a secret value."""
    plain = _CAMEL.sub("_", name).replace(" ", "_")
    if re.search(r"access_?key_?id$", plain, re.I):
        return True
    return bool(_SECRET_WORDS.search(plain)) and not _IDENTITIES.search(plain)


def names_identity(name: str) -> bool:
    """Whether a name ends as those do that point to a secret, or count something: ``secret_id``, ``key_file``."""
    return bool(_IDENTITIES.search(name))


def _marked(lower: str) -> bool:
    for mark in _MARKS:  # noqa: SIM110  # this runs for every text, and a generator costs as much again
        if mark in lower:
            return True
    return False


@lru_cache(maxsize=50_000)  # the same paths and names come by again and again
def without_secrets(text: str) -> str:
    """``text`` with everything that looks like a secret replaced by a fixed mark."""
    if len(text) < 8 or (len(text) < 13 and not _TELLING.search(text)):
        return text
    lower = text.lower()
    if _marked(lower):
        text = _PATTERNS.sub(HELD, text)
    if "://" in text:
        text = _USERINFO.sub(HELD, text)
    return _TOKEN.sub(_random_looking, _HEX.sub(HELD, text)) if len(text) >= 24 else text


def _random_looking(match: re.Match[str]) -> str:
    """Long tokens of mixed case and digits with high entropy are keys, not names."""
    token = match.group()
    if max(map(len, re.split("[_/]", token))) < 16:
        return token  # words joined by underscores or slashes: HTTPCode_Target_5XX_Count
    mixed = any(c.isdigit() for c in token) and any(c.isupper() for c in token)
    if not (mixed and any(c.islower() for c in token)) or token.count("/") > 3 or token.count("_") > 3:
        return token
    if _readable(token) or _ZONE.fullmatch(token):
        return token
    share = [count / len(token) for count in Counter(token).values()]
    return HELD if -sum(p * math.log2(p) for p in share) > 3.6 else token


def _readable(token: str) -> bool:
    """Whether words make up a token: ``PrivateSubnet1ARouteTable``, or what the CDK makes of such a name.

    Of ten thousand random tokens of 24 letters and digits one reads so, of longer ones fewer.
    """
    name = _LOGICAL_HASH.sub("", token)
    words = [word for word in _WORD.findall(name) if not _UNSPEAKABLE.search(word.lower())]
    return sum(map(len, words)) >= 0.65 * len(name)


def printable(text: str) -> str:
    """``text`` on one line, with control and direction-changing characters written as escapes."""
    if text.isprintable():  # as nearly every text is; none of these characters are
        return text
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape", "surrogatepass").decode(), text)


@lru_cache(maxsize=50_000)
def shown(text: str) -> str:
    """``text`` fit for any output: no secret, no terminal escape, one line."""
    return printable(without_secrets(text))


def each_string(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON-like value with every string in it changed, keys included; each string once."""

    class Changed(dict[str, str]):
        """Texts with what they are changed to; looking up a known one costs no call."""

        def __missing__(self, text: str) -> str:
            self[text] = after = change(text)
            return after

    changed = Changed()

    def walk(node: Any) -> Any:
        # Most of what a structure holds is text: it is looked up where it stands, without a call for each.
        if isinstance(node, str):
            return changed[node]
        if isinstance(node, dict):
            return {
                changed[key]: changed[item] if isinstance(item, str) else walk(item)
                for key, item in node.items()
            }
        if isinstance(node, list | tuple):
            return [changed[item] if isinstance(item, str) else walk(item) for item in node]
        return node

    return walk(value)


_LETTERS = str.maketrans("abcdef", "012345")


def pseudonym(account: str) -> str:
    """Twelve digits made of an account id: as ``launchbook commands`` makes them. It hides, it does not encrypt."""
    from hashlib import sha256  # brings all of OpenSSL

    return sha256(f"launchbook:{account}".encode()).hexdigest().translate(_LETTERS)[:12]
