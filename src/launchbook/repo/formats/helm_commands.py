"""Charts that a command or a helmfile installs from elsewhere: what they create is in no file here."""

from __future__ import annotations

from launchbook.patterns import regex
from launchbook.repo.helm.commands import SCRIPTS, chart_folder, commands
from launchbook.repo.lined import as_list, dig, line_of
from launchbook.repo.reader import File, Found, reader

_HINT = "helm template NAME CHART -f VALUES > rendered.yaml, saved beside it"
_HIDES = ("kubernetes_*", "endpoint", "setting")
#: A chart of a repository, of a registry, or in an archive; what begins otherwise may be a folder made on the way.
_ELSEWHERE = regex(r"(?:oci|https?)://\S{1,200}|[a-z0-9][\w-]{0,60}/[a-z0-9][\w.-]{0,60}|\S{1,200}\.tgz")


@reader("helm commands", *SCRIPTS, sniff=rb"\bhelm\s[^\n]{0,200}?(upgrade|install)\b", hides=_HIDES)
def helm_commands(file: File, found: Found) -> None:
    """A gap for each chart that is not in the repository."""
    for one in commands(file.text):
        elsewhere = one.repository or _ELSEWHERE.fullmatch(one.chart)
        if not one.chart or not elsewhere or chart_folder(found.tree, file, one.chart) is not None:
            continue
        of = f" of {one.repository}" if one.repository else ""
        what = f"the chart {one.chart}{of} that this installs is not in the repository: what it creates is not read"
        found.gap(file, what, _HINT, one.line)


@reader("helmfile", "helmfile.yaml", "helmfile.yml", "**/helmfile.d/*.yaml", hides=_HIDES)
def helmfile(file: File, found: Found) -> None:
    """The releases of a helmfile: what it gives their charts is not put in."""
    if b"{{" in file.data:
        found.gap(file, "a helmfile with templates is not read", "helmfile template > rendered.yaml")
        return
    releases = dig(next(iter(file.yaml), None), "releases")
    for number, one in enumerate(as_list(releases)):
        what = f"the release {dig(one, 'name')} of the chart {dig(one, 'chart')} is not read"
        found.gap(file, what, "helmfile template > rendered.yaml", line_of(releases, number))
