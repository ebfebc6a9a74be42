"""A report as one self-contained HTML page: summary, filters, evidence, picture; nothing is loaded from anywhere."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, Template

from launchbook.model import Facts, Report
from launchbook.report.picture import draw
from launchbook.report.subjects import said


def render(report: Report, facts: Facts | None = None) -> str:
    """The page; with ``facts``, it draws the architecture as well."""
    picture = draw(facts.all, facts.relations) if facts is not None else ""
    return _template().render(report=report, first=report.first(), said=said, picture=picture)


@cache
def _template() -> Template:
    loader = PackageLoader("launchbook.report")
    return Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("report.html.j2")
