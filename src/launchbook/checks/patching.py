"""Software that is still looked after: pinned and supported images, runtimes and engines, scans, lock files."""

from __future__ import annotations

import re
from datetime import date

from launchbook.check import check
from launchbook.checks._shapes import all_known, field, first, known, listed
from launchbook.model import Fact, Facts, Value, Verdict, verdict

#: Last day of support by image and version, from each project's published schedule.
END_OF_LIFE: dict[str, dict[str, date]] = {
    "node": {
        **{str(version): date(2020, 12, 31) for version in range(4, 11)},
        "12": date(2022, 4, 30),
        "14": date(2023, 4, 30),
        "16": date(2023, 9, 11),
        "18": date(2025, 4, 30),
        "20": date(2026, 4, 30),
        "22": date(2027, 4, 30),
    },
    "python": {
        "2.7": date(2020, 1, 1),
        "3.6": date(2021, 12, 23),
        "3.7": date(2023, 6, 27),
        "3.8": date(2024, 10, 7),
        "3.9": date(2025, 10, 31),
        "3.10": date(2026, 10, 31),
        "3.11": date(2027, 10, 31),
    },
    "debian": {"stretch": date(2022, 6, 30), "buster": date(2024, 6, 30), "bullseye": date(2026, 8, 31)},
    "ubuntu": {"18.04": date(2023, 5, 31), "20.04": date(2025, 5, 31)},
    "postgres": {
        "11": date(2023, 11, 9),
        "12": date(2024, 11, 14),
        "13": date(2025, 11, 13),
        "14": date(2026, 11, 12),
    },
}
#: Lambda runtimes that AWS no longer patches.
DEPRECATED_RUNTIMES = re.compile(
    r"^(nodejs(8\.10|10|12|14|16|18)\.x|python(2\.7|3\.[6-9])|dotnetcore\S+|dotnet6|ruby2\.\d|java8|go1\.x|provided)$"
)


def ended(image: str, today: date) -> date | None:
    """The day on which support of an image's software ended, when it has; None when it goes on or is not known."""
    name, _, tag = image.rpartition("/")[2].partition(":")
    versions = END_OF_LIFE.get(name, {})
    for version, day in versions.items():
        if re.match(rf"{re.escape(version)}(?![\d])", tag) and day < today:
            return day
    return None


@check(
    "base-image-pinned",
    "Every base image is pinned",
    of="dockerfile",
    severity="medium",
    fix="Name a version, better a digest: what was tested is what should run.",
)
def image_pinned(image: Fact, facts: Facts) -> Verdict | None:
    """With a moving tag two builds of one commit differ."""
    return _pinned(image, "base_images", listed(image.get("base_images")))


@check(
    "cron-image-pinned",
    "Every image that a cron runs is pinned",
    of="kubernetes_cron_job_v1",
    severity="medium",
    fix="Name a version, better a digest.",
)
def cron_image_pinned(cron: Fact, facts: Facts) -> Verdict | None:
    """The same, for what a CronJob pulls."""
    path = "spec.0.job_template.0.spec.0.template.0.spec.0.container"
    images = [field(one, "image") for one in listed(cron.get(path))]
    for index, image in enumerate(images):
        if isinstance(image, str) and _moves(image):
            return verdict(False, f"{image} moves", at=[cron.at(f"{path}.{index}.image")])
    all_known(images, f"an image of {cron.name}")
    return verdict(True, "pinned", at=[cron.at(path)]) if images else None


def _pinned(fact: Fact, path: str, images: list[Value]) -> Verdict | None:
    for index, image in enumerate(images):
        text = str(known(image, "an image"))
        if _moves(text):
            return verdict(False, f"{text} moves", at=[fact.at(f"{path}.{index}")])
    return verdict(True, "pinned", at=[fact.at(path)]) if images else None


def _moves(image: str) -> bool:
    if "@sha256:" in image or image == "scratch" or image.startswith("$"):
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest", "lts", "stable", "alpine", "slim", "current")


@check(
    "base-image-supported",
    "Every base image is still supported",
    of="dockerfile",
    severity="high",
    fix="Move to a version that still gets security updates.",
)
def image_supported(image: Fact, facts: Facts) -> Verdict | None:
    """A version past its end gets no more fixes."""
    images = listed(image.get("base_images"))
    for index, one in enumerate(images):
        day = ended(str(known(one, "an image")), facts.today)
        if day is not None:
            return verdict(False, f"support of {one} ended on {day}", at=[image.at(f"base_images.{index}")])
    return verdict(True, "no end has passed", at=[image.at("base_images")]) if images else None


@check(
    "ecr-scan-on-push",
    "Every image repository scans what is pushed",
    of="aws_ecr_repository",
    severity="medium",
    fix="Set image_scanning_configuration with scan_on_push.",
)
def scan_on_push(repository: Fact, facts: Facts) -> Verdict | None:
    """Known holes are found at push time, for nothing."""
    block = first(known(repository.get("image_scanning_configuration"), f"scanning of {repository.name}"))
    on = bool(block) and repository.get("image_scanning_configuration.0.scan_on_push") in (True, "true")
    return verdict(on, "it does" if on else "it does not", at=[repository.at("image_scanning_configuration")])


@check(
    "lambda-runtime-supported",
    "Every function's runtime is still supported",
    of="aws_lambda_function",
    severity="high",
    fix="Move to a runtime that AWS still patches.",
)
def runtime_supported(function: Fact, facts: Facts) -> Verdict | None:
    """AWS first stops patching a runtime, then blocks updates of its functions."""
    runtime = known(function.get("runtime"), f"the runtime of {function.name}")
    if not isinstance(runtime, str):
        return None
    old = DEPRECATED_RUNTIMES.match(runtime) is not None
    return verdict(
        not old, f"{runtime} is no longer patched" if old else runtime, at=[function.at("runtime")]
    )


@check(
    "rds-engine-supported",
    "Every database engine is supported and takes minor upgrades by itself",
    of="aws_db_instance",
    severity="medium",
    fix="Move to a supported major version, and set auto_minor_version_upgrade.",
)
def engine_supported(database: Fact, facts: Facts) -> Verdict | None:
    """An engine past its end is charged extra, then upgraded when AWS likes."""
    engine, version = (
        known(database.get("engine"), "the engine"),
        known(database.get("engine_version"), "its version"),
    )
    day = ended(f"{engine}:{version}", facts.today)
    if day is not None:
        return verdict(
            False, f"support of {engine} {version} ended on {day}", at=[database.at("engine_version")]
        )
    if database.get("auto_minor_version_upgrade") is False:
        return verdict(False, "minor upgrades are off", at=[database.at("auto_minor_version_upgrade")])
    return verdict(True, f"{engine} {version}", at=[database.at("engine_version")])


@check(
    "dependency-lock",
    "Every project pins its dependencies in a lock file",
    of="dependencies",
    severity="medium",
    fix="Commit the lock file that the package manager writes.",
)
def dependency_lock(project: Fact, facts: Facts) -> Verdict | None:
    """Without one, what is built tomorrow is not what was tested today."""
    lock = project.get("lock")
    return verdict(bool(lock), str(lock) if lock else "no lock file lies beside it", at=[project.at()])


_UPDATERS = (
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
    "renovate.json",
    ".renovaterc",
    ".renovaterc.json",
)


@check(
    "dependencies-scanned",
    "Every project's dependencies are scanned for known holes",
    of="dependencies",
    severity="medium",
    fix="Let a workflow scan the lock file on every change and once a week, or switch Dependabot or Renovate on.",
)
def dependencies_scanned(project: Fact, facts: Facts) -> Verdict | None:
    """Most holes come with what one depends on, after it was released."""
    for workflow in facts.seen("github_workflow"):
        if listed(workflow.attributes.get("scans")):
            return verdict(True, f"{workflow.name} scans", at=[project.at(), workflow.at("scans")])
    for path in _UPDATERS:
        if facts.has_file(path):
            return verdict(True, f"{path} watches", at=[project.at()])
    return verdict(False, "no workflow scans, and nothing updates", at=[project.at()])


@check(
    "build-runtime-supported",
    "Every build uses a runtime that is still supported",
    of="aws_amplify_app",
    severity="high",
    fix="Move the build to a version that still gets security updates.",
)
def build_runtime(build: Fact, facts: Facts) -> Verdict | None:
    """What builds the program often runs it too, and dies with it."""
    for index, command in enumerate(listed(build.attributes.get("build_commands"))):
        text = str(known(command, f"a command of {build.name}"))
        match = re.search(r"\b(?:nvm (?:use|install)|n) v?(\d+)", text)
        if match:
            day = ended(f"node:{match[1]}", facts.today)
            why = f"support of Node.js {match[1]} ended on {day}" if day else f"Node.js {match[1]}"
            return verdict(day is None, why, at=[build.at(f"build_commands.{index}")])
    return None


@check(
    "codebuild-runtime-supported",
    "Every CodeBuild project uses a runtime that is still supported",
    of="aws_codebuild_project",
    severity="medium",
    fix="Move the build to a version that still gets security updates.",
)
def codebuild_runtime(build: Fact, facts: Facts) -> Verdict | None:
    """The same, for a build specification's runtime versions."""
    names = {"nodejs": "node", "python": "python"}
    versions = known(build.attributes.get("runtime_versions"), f"the runtimes of {build.name}")
    if not isinstance(versions, dict) or not versions:
        return None
    for name, version in versions.items():
        day = ended(f"{names.get(name, name)}:{version}", facts.today)
        if day is not None:
            why = f"support of {name} {version} ended on {day}"
            return verdict(False, why, at=[build.at(f"runtime_versions.{name}")])
    all_known(versions.values(), f"a runtime of {build.name}")
    return verdict(True, "supported", at=[build.at("runtime_versions")])
