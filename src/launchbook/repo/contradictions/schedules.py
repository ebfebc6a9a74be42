"""Schedules: a document that gives another rhythm than the rule or job of that name, and two stories that disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from launchbook.model import Evidence, Fact, Facts, Finding, Relation
from launchbook.model.records import record
from launchbook.repo.contradictions._ends import claims, common_words, differing, end, meant, words
from launchbook.repo.contradictions._rhythm import differs, seconds
from launchbook.repo.environments import named_environment

#: What has its schedule as plain text, or as several.
_PLAIN = ("vercel_cron", "netlify_cron", "beanstalk_cron", "code_cron", "github_workflow")
#: What is named by a path, which relations follow, or after all that it does.
_UNNAMED = ("vercel_cron", "netlify_cron", "github_workflow")


@record()
class _Timed:
    """What runs on time: the fact, and its schedule where that is written."""

    fact: Fact
    path: str
    text: str

    @property
    def story(self) -> str:
        """The way it is deployed: jobs of one cluster or rules of one account are beside each other."""
        return "aws" if self.fact.type.startswith("aws_") else self.fact.type.partition("_")[0]

    def end(self) -> Evidence:
        return end(self.fact, self.path, self.text)


def contradict(facts: Facts) -> Iterator[Finding]:
    """What documents say otherwise, then what two stories call on different schedules."""
    timed = [
        _Timed(fact, path, text)
        for fact in facts
        for path, text in _schedule(fact)
        if fact.origin == "source" and fact.created is not False
    ]
    if timed:
        common = common_words(facts)
        yield from _said_otherwise(facts, timed, common)
        yield from _between_stories(facts, timed, common)


def _said_otherwise(facts: Facts, timed: list[_Timed], common: Collection[str]) -> Iterator[Finding]:
    """A rule or job and each claim that shares a word with its name but not its rhythm."""
    sentences: dict[tuple[str, str], list[Fact]] = {}
    for claim in claims(facts, "schedule"):
        sentences.setdefault((str(claim.where), str(claim.attributes.get("words"))), []).append(claim)
    for told in sentences.values():
        for one in timed:
            if not seconds(one.text) or not meant(told[0], one.fact.name, common):
                continue
            said = {str(claim.attributes.get("value")): claim for claim in told}
            lengths = {seconds(text) for text in said}
            if lengths & {0, seconds(one.text)}:
                continue  # one sentence may speak of several: one of its rhythms is this one's
            for text, claim in said.items():
                why = f"{one.fact.name} runs {one.text}; a document says {text}"
                yield differing("schedule", why, one.fact.id, [one.end(), end(claim, "", text)])


def _between_stories(facts: Facts, timed: list[_Timed], common: Collection[str]) -> Iterator[Finding]:
    """Whatever two stories call, or call alike, on schedules that cannot both be meant."""
    told: set[frozenset[str]] = set()
    for what, group in (*_by_call(facts, timed).items(), *_by_name(timed, common).items()):
        at_odds = [one for one in group if any(_apart(one, other, group) for other in group)]
        if at_odds and frozenset(one.fact.id for one in at_odds) not in told:
            told.add(frozenset(one.fact.id for one in at_odds))
            texts = ", ".join(dict.fromkeys(f"{one.text} by {one.fact.where}" for one in at_odds[:4]))
            why = f"{what} is run on different schedules: {texts}"
            yield differing("schedule", why, at_odds[0].fact.id, [one.end() for one in at_odds])


def _apart(one: _Timed, other: _Timed, group: list[_Timed]) -> bool:
    """Whether two are of different stories and of one environment, and do not run alike at any of their times."""
    if one.story == other.story or not differs(one.text, other.text):
        return False
    places = {named_environment(each.fact.where.file) or "production" for each in (one, other)}
    mine, theirs = ([each.text for each in group if each.fact is of.fact] for of in (one, other))
    return len(places) == 1 and all(differs(own, another) for own in mine for another in theirs)


def _by_call(facts: Facts, timed: list[_Timed]) -> dict[str, list[_Timed]]:
    """What runs on time by the route that it calls, its own or that of the destination which a rule sends to."""
    runs: dict[str, list[_Timed]] = {}
    for one in timed:
        runs.setdefault(one.fact.id, []).append(one)
    senders: dict[str, list[_Timed]] = {}
    for relation in facts.relations:
        if relation.kind == "target" and relation.source in runs:
            senders.setdefault(relation.target, []).extend(runs[relation.source])
    groups: dict[str, list[_Timed]] = {}
    for relation in facts.relations:
        if relation.kind in ("calls", "calls-wrong-method"):
            callers = runs.get(relation.source) or senders.get(relation.source, [])
            if callers:
                groups.setdefault(_called(facts, relation), []).extend(callers)
    return groups


def _called(facts: Facts, relation: Relation) -> str:
    """The route that is called; the address as written where none answers, for another host may have that path too.

    Another question after the path is another job.
    """
    url, route = _url(facts.find(relation.source)), facts.find(relation.target)
    if route is None:
        return url or relation.target
    query = url.partition("?")[2]
    return f"{route.name} in {route.where.file}" + (f" with {query}" if query else "")


def _url(caller: Fact | None) -> str:
    attributes = caller.attributes if caller else {}
    calls = attributes.get("calls")
    first = calls[0] if isinstance(calls, list) and calls else None
    url = first.get("url") if isinstance(first, dict) else attributes.get("invocation_endpoint")
    url = url or attributes.get("path")
    return url if isinstance(url, str) else ""


def _by_name(timed: list[_Timed], common: Collection[str]) -> dict[str, list[_Timed]]:
    """What runs on time by its name without the product's and without words that say what it is."""
    groups: dict[str, list[_Timed]] = {}
    for one in timed:
        if one.fact.type not in _UNNAMED:
            telling = " ".join(sorted(words(one.fact.name) - set(common)))
            if telling:
                groups.setdefault(telling, []).append(one)
    return groups


def _schedule(fact: Fact) -> Iterator[tuple[str, str]]:
    expression = fact.attributes.get("schedule_expression")
    stopped = fact.attributes.get("state") == "DISABLED" or fact.attributes.get("is_enabled") is False
    if isinstance(expression, str) and not stopped:
        yield "schedule_expression", expression
    written = fact.attributes.get("schedule") if fact.type in _PLAIN else None
    if isinstance(written, str):
        yield "schedule", written
    for number, each in enumerate(written if isinstance(written, list) else ()):
        if isinstance(each, str):
            yield f"schedule.{number}", each
    spec = fact.attributes.get("spec") if fact.type.startswith("kubernetes_cron_job") else None
    first = spec[0] if isinstance(spec, list) and spec else None
    schedule = first.get("schedule") if isinstance(first, dict) else None
    if isinstance(first, dict) and isinstance(schedule, str) and first.get("suspend") is not True:
        yield "spec.0.schedule", schedule
