"""Identities: no long-lived key at run time, no old one, a second factor for whoever signs in."""

from __future__ import annotations

import re

from launchbook.check import check
from launchbook.checks._absence import absent
from launchbook.checks._shapes import all_known, day, field, first, known, listed, words
from launchbook.model import Fact, Facts, NotKnown, Setting, Value, Verdict, verdict

ACCESS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_KEY = re.compile(r"AWS_(?:SECRET_)?ACCESS_KEY(?:_ID)?\b")
_FIX = "Give the program a role (task role, compute role, execution role), and delete the key."


@check(
    "access-key-in-settings",
    "No template or page asks for an access key as a setting",
    of=Setting,
    severity="high",
    fix=_FIX,
)
def key_in_settings(setting: Setting, facts: Facts) -> Verdict | None:
    """A long-lived key in a runtime setting is shared, copied and never rotated. Names are enough to tell."""
    if setting.role not in ("set", "document") or setting.attributes.get("of"):
        return None
    if setting.name in ACCESS_KEYS:
        if (
            known(setting.attributes.get("dummy"), f"what {setting.name} is given") is True
        ):  # what a local stand-in of AWS or a test is given
            return None
        reserved = [
            one.at() for one in facts.seen(Setting) if one.name == setting.name and one.role == "reserved"
        ]
        why = f"{setting.name} is a runtime setting" + (", and the platform reserves it" if reserved else "")
        return verdict(False, why, at=[setting.at(), *reserved[:1]])
    if setting.role == "document" or not setting.name.startswith("AWS_"):
        return None
    return verdict(True, "no key", at=[setting.at()])


@check(
    "access-key-in-task",
    "No task definition is given an access key",
    of="aws_ecs_task_definition",
    severity="critical",
    fix=_FIX,
)
def key_in_task(definition: Fact, facts: Facts) -> Verdict | None:
    """A task has its role; a key beside it outlives the task, its role and the people who know it."""
    containers = listed(
        known(definition.get("container_definitions"), f"the containers of {definition.name}")
    )
    names: list[Value] = []
    for index, container in enumerate(containers):
        for part in ("environment", "secrets"):
            for number, one in enumerate(listed(field(container, part))):
                names.append(field(one, "name"))
                if names[-1] in ACCESS_KEYS:
                    path = f"container_definitions.{index}.{part}.{number}.name"
                    return verdict(False, f"it is given {names[-1]}", at=[definition.at(path)])
    all_known(names, f"a setting of {definition.name}")
    return verdict(True, "no key among its settings", at=[definition.at("container_definitions")])


def _keys_in_build(build: Fact) -> Verdict | None:
    commands = build.attributes.get("build_commands")
    names = words(build.attributes.get("environment_names"))
    held = [
        build.at(f"build_commands.{number}")
        for number, command in enumerate(listed(commands))
        if isinstance(command, str) and _KEY.search(command) and not command.lstrip().startswith("#")
    ]
    held += [build.at("environment_names")] if set(names) & set(ACCESS_KEYS) else []
    if held:
        return verdict(False, "an access key goes into the runtime environment", at=held)
    all_known(listed(commands), f"a command of {build.name}")
    if commands is None and "environment_names" not in build.attributes:
        return None
    path = "build_commands" if commands is not None else "environment_names"
    return verdict(True, "no key goes in", at=[build.at(path)])


@check(
    "access-key-in-build",
    "No build writes an access key into what it builds",
    of="aws_amplify_app",
    severity="critical",
    fix=_FIX,
)
def key_in_build(build: Fact, facts: Facts) -> Verdict | None:
    """What a build writes into an environment file is served to whoever gets into the container."""
    return _keys_in_build(build)


@check(
    "access-key-in-branch",
    "No branch has an access key among its settings",
    of="aws_amplify_branch",
    severity="critical",
    fix=_FIX,
)
def key_in_branch(branch: Fact, facts: Facts) -> Verdict | None:
    """The same, for the settings of one branch. Names alone are read."""
    return _keys_in_build(branch)


@check(
    "access-key-in-function",
    "No function has an access key among its settings",
    of="aws_lambda_function",
    severity="critical",
    fix=_FIX,
)
def key_in_function(function: Fact, facts: Facts) -> Verdict | None:
    """A function has its execution role."""
    path = "environment_names" if "environment_names" in function.attributes else "environment"
    given = known(function.get(path), f"the settings of {function.name}")
    variables = first(given).get("variables")
    names = [*words(given), *(variables if isinstance(variables, dict) else ())]
    held = sorted(name for name in names if re.search(r"ACCESS_KEY", name))
    return verdict(not held, ", ".join(held) or "no key", at=[function.at(path)])


@check(
    "workflow-uses-oidc",
    "Every workflow signs in to AWS by OIDC",
    of="github_workflow",
    severity="high",
    fix="Let the workflow take a role by OIDC (role-to-assume), and delete the key.",
)
def workflow_oidc(workflow: Fact, facts: Facts) -> Verdict | None:
    """A key in a workflow's secrets works from anywhere, for ever."""
    how = known(workflow.attributes.get("authentication"), f"how {workflow.name} signs in")
    if how is None or how == "runner":
        return None
    return verdict(how == "oidc", f"it signs in by {how}", at=[workflow.at("authentication")])


@check(
    "user-without-mfa",
    "Every user that can sign in has a second factor",
    of="aws_iam_user",
    severity="critical",
    fix="Let the user register a second factor, or delete the user and sign in through IAM Identity Center.",
)
def user_mfa(user: Fact, facts: Facts) -> Verdict | None:
    """A password or a key alone is one leak away from somebody else."""
    keys = [
        one
        for one in facts.seen("aws_iam_access_key")
        if one.attributes.get("user") == user.name and one.attributes.get("status") == "Active"
    ]
    if not keys and user.get("console_since") is None:
        absent(facts, user, "aws_iam_access_key")
        return None
    devices = listed(user.get("mfa_devices"))
    why = f"{len(devices)} devices" if devices else "no second factor"
    return verdict(bool(devices), why, at=[user.at("mfa_devices"), *(one.at("status") for one in keys)])


@check(
    "access-key-old",
    "No access key is older than 90 days",
    of="aws_iam_access_key",
    severity="high",
    fix="Replace the key by a role, or rotate it now and every 90 days.",
)
def key_old(key: Fact, facts: Facts) -> Verdict | None:
    """The longer a key lives, the more places hold it."""
    if key.get("status") != "Active":
        return None
    made = day(key.get("create_date"))
    if made is None:
        raise NotKnown(f"the age of {key.name}", "its date was not read", "iam:ListAccessKeys")
    days = (facts.today - made).days
    if days < -1:
        raise NotKnown(f"the age of {key.name}", "it was made on a day to come: is this clock right?")
    return verdict(days <= 90, f"{_whose(key)}{days} days old", at=[key.at("create_date"), key.at("user")])


@check(
    "access-key-never-used",
    "No access key lies about unused",
    of="aws_iam_access_key",
    severity="medium",
    fix="Delete the key: nobody will notice but a thief.",
)
def key_unused(key: Fact, facts: Facts) -> Verdict | None:
    """A key that nobody uses is watched by nobody."""
    if key.get("status") != "Active":
        return None
    used = day(key.get("last_used"))
    fine = used is not None and (facts.today - used).days <= 90
    why = f"{_whose(key)}last used {used}" if used else f"{_whose(key)}never used"
    return verdict(fine, why, at=[key.at("last_used"), key.at("user")])


def _whose(key: Fact) -> str:
    """Whose a key is, as far as that was read: names are no secret, and a key's id tells nobody whom to ask."""
    user = key.attributes.get("user")
    return f"a key of {user}, " if isinstance(user, str) and user else ""


@check(
    "access-key-shared",
    "No access key is used by more than one person or place",
    of="aws_iam_access_key",
    severity="medium",
    fix="Give every person and every program an identity of its own.",
)
def key_shared(key: Fact, facts: Facts) -> Verdict | None:
    """AWS does not tell from how many places one key is used; whoever owns it must say so."""
    if key.get("status") != "Active":
        return None
    raise NotKnown(
        f"who uses {key.name}", "AWS shows its last use alone", "aws cloudtrail lookup-events, by AccessKeyId"
    )


@check(
    "root-without-mfa",
    "The root user has a second factor",
    of="iam_account_summary",
    severity="critical",
    fix="Register a hardware key for the root user.",
)
def root_mfa(account: Fact, facts: Facts) -> Verdict | None:
    """Nothing limits the root user."""
    on = account.get("root_mfa") in (1, True)
    return verdict(on, "it has" if on else "it has none", at=[account.at("root_mfa")])


@check(
    "root-access-key",
    "The root user has no access key",
    of="iam_account_summary",
    severity="critical",
    fix="Delete the root user's access keys.",
)
def root_keys(account: Fact, facts: Facts) -> Verdict | None:
    """A root key can't be limited, only deleted."""
    count = account.get("root_access_keys")
    return verdict(not count, f"{count} keys" if count else "none", at=[account.at("root_access_keys")])
