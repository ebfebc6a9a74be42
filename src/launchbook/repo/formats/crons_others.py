"""Jobs that Java, Kotlin, Go, C#, PHP and Ruby run by the clock, as far as single lines say when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.clock import COMPUTED, cron, every, told
from launchbook.repo.lined import as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader, unread

_LONGEST = 2000
_SCHEDULED = regex(r"@Scheduled\s*\((?P<given>[^@]{1,400}?)\)\s*(?:@|[\w<]|$)")
_GIVEN = regex(
    r"\b(?P<how>cron|fixedRate|fixedDelay)(?:String)?\s*=\s*(?:\"(?P<text>[^\"]{0,200})\"|(?P<number>[\d_]{1,12})L?\b|(?P<other>[^,)]))"
)
_METHOD = regex(r"\b(?:fun\s+)?(?P<name>[a-z]\w{0,80})\s*\(")
_GO = regex(
    r"\.(?:AddFunc|AddJob)\(\s*(?:\"(?P<text>[^\"]{0,100})\"|(?P<other>[^,]))"
    r"(?:\s*,\s*(?P<job>[\w.]{1,80})\s*\))?"
)
_GO_EVERY = regex(r"@every (?:(?P<h>\d{1,6})h)?(?:(?P<m>\d{1,6})m)?(?:(?P<s>\d{1,6})s)?")
_SHARP = regex(
    r"RecurringJob\.AddOrUpdate(?:<[^>]{0,80}>)?\(\s*(?:\"(?P<name>[^\"]{0,100})\"\s*,)?.{0,300}?(?:\"(?P<text>[^\"]{5,100})\"|(?P<word>Cron\.\w{3,20}))"
)
_PHP = regex(
    r"(?:\$schedule->|Schedule::)(?:command|job|call|exec)\(\s*(?:new\s+)?[\"']?(?P<name>[\w:\\-]{0,80}).{0,300}?->(?P<how>cron|every\w+|hourly|daily|dailyAt|weekly|monthly|yearly)"
    r"\((?:\s*[\"'](?P<text>[^\"']{0,100})[\"'])?"
)
_EVERY = {
    "Minute": 1,
    "TwoMinutes": 2,
    "ThreeMinutes": 3,
    "FourMinutes": 4,
    "FiveMinutes": 5,
    "TenMinutes": 10,
}
_EVERY |= {"FifteenMinutes": 15, "ThirtyMinutes": 30, "TwoHours": 120, "ThreeHours": 180, "FourHours": 240}
_EVERY |= {"SixHours": 360}
_WORDS = {"hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 0", "monthly": "0 0 1 * *"}
_WORDS |= {"yearly": "0 0 1 1 *"}


@reader("jobs of Spring", "*.java", "*.kt", sniff=rb"@Scheduled\b", hides=("code_cron",))
def spring_jobs(file: File, found: Found) -> None:
    """``@Scheduled(cron = "0 0 2 * * *")`` with the method below it."""
    text = _without_comments(file.text)
    for match in _SCHEDULED.finditer(text):
        given = _GIVEN.search(match["given"])
        method = _METHOD.search(text, match.end() - 1, match.end() + 400)
        line = text.count("\n", 0, match.start()) + 1
        told(file, found, "spring", method["name"] if method else "", line, _spring(given))


def _spring(given: re.Match[str] | None) -> Value:
    if given is None or given["other"]:
        return unread(COMPUTED)
    written = given["text"] or given["number"].replace("_", "")
    setting = re.match(r"\$\{([\w.-]{1,100})", written)
    if setting is not None:
        return unread(f"the property {setting[1]} decides when it runs")
    if given["how"] == "cron":
        return cron(written, seconds_first=True)
    if not written.isdigit():
        return unread(COMPUTED)
    rhythm = every(int(written) / 1000)
    return (
        f"{str(rhythm).removeprefix('every ')} after the run before"
        if given["how"] == "fixedDelay"
        else rhythm
    )


@reader("jobs of Go", "*.go", sniff=rb"robfig/cron", hides=("code_cron",))
def go_jobs(file: File, found: Found) -> None:
    """``c.AddFunc("30 * * * *", run)``."""
    seconds = "WithSeconds" in file.text
    for number, line in _lines(file) if not file.name.endswith("_test.go") else ():
        for match in _GO.finditer(line):
            written = match["text"] or ""
            gap = _GO_EVERY.fullmatch(written)
            lengths = (("h", 3600), ("m", 60), ("s", 1))
            length = sum(int(gap[unit] or 0) * each for unit, each in lengths) if gap else 0
            schedule = every(length) if gap else cron(written, seconds)
            told(file, found, "robfig/cron", match["job"] or "", number, schedule)


@reader("jobs of .NET", "*.cs", sniff=rb"RecurringJob\.AddOrUpdate", hides=("code_cron",))
def sharp_jobs(file: File, found: Found) -> None:
    """Hangfire's ``RecurringJob.AddOrUpdate("id", () => Run(), Cron.Daily)``."""
    for number, line in _lines(file):
        for match in _SHARP.finditer(line):
            word = (match["word"] or "").removeprefix("Cron.").lower()
            schedule = cron(match["text"]) if match["text"] else _WORDS.get(word) or unread(COMPUTED)
            told(file, found, "hangfire", match["name"] or "", number, schedule)


@reader("jobs of Laravel", "**/app/Console/Kernel.php", "**/routes/console.php", hides=("code_cron",))
def laravel_jobs(file: File, found: Found) -> None:
    """``$schedule->command("mail:send")->daily()``."""
    for number, line in _lines(file):
        for match in _PHP.finditer(line):
            told(file, found, "laravel", match["name"], number, _laravel(match["how"], match["text"]))


def _laravel(how: str, text: str | None) -> Value:
    if how == "cron":
        return cron(text)
    if how in _WORDS and not text:
        return _WORDS[how]
    at = re.fullmatch(r"(\d{1,2}):(\d{2})", text or "") if how == "dailyAt" else None
    if at is not None:
        return f"{int(at[2])} {int(at[1])} * * *"
    minutes = _EVERY.get(how.removeprefix("every"))
    return every(minutes * 60) if minutes else unread(COMPUTED)


@reader("jobs of Sidekiq", "sidekiq.yml", "**/config/schedule.yml", hides=("code_cron",))
def sidekiq_jobs(file: File, found: Found) -> None:
    """sidekiq-cron's and sidekiq-scheduler's tables."""
    document = next(iter(file.yaml), None)
    scheduler = dig(document, ":scheduler", ":schedule") or dig(document, ":schedule")
    jobs = as_map(scheduler if file.name == "sidekiq.yml" else document)
    for name, job in jobs.items():
        written = dig(job, "cron")
        if isinstance(written, str):
            told(file, found, "sidekiq", str(name), line_of(jobs, name), cron(written, seconds_first=True))


@reader("jobs of whenever", "**/config/schedule.rb", sniff=rb"^\s*every\b", hides=("code_cron",))
def whenever_jobs(file: File, found: Found) -> None:
    """The gem ``whenever`` writes a crontab from a program in Ruby, which is not run."""
    found.gap(file, "a crontab that a program describes is not read", "whenever > crontab.txt", 1)


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)^\s*(?://|\*|/\*).*$", "", text)


def _lines(file: File) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.text.splitlines(), 1):
        if not line.lstrip().startswith(("//", "#", "*")):
            yield number, line[:_LONGEST]
