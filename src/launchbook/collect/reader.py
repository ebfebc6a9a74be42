"""The read-only door to AWS: one session, and a guard that refuses every operation no collector declared.

The guard is a hook on the session before any client exists, so no client can be made around it. It looks
at botocore's own name of each call, just before it would be sent. Operations whose purpose is to hand out
a secret are refused by name even if somebody declares them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import botocore
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from launchbook.collect import metadata
from launchbook.collect.actions import iam_action
from launchbook.collect.answers import check_answer
from launchbook.collect.declare import Call, Collector
from launchbook.collect.pace import Pace
from launchbook.collect.patience import shorten_pauses
from launchbook.collect.session import client_config, make_session
from launchbook.errors import UnreadableInput, UsageError, WriteRefused
from launchbook.redact import shown

#: What signing in may call; no collector can use them.
CREDENTIAL_OPERATIONS = frozenset(
    {
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
    }
)

#: Reads whose purpose is a secret. Never declared, never sent.
SECRET_OPERATIONS = frozenset(
    {
        ("secretsmanager", "GetSecretValue"),
        ("secretsmanager", "BatchGetSecretValue"),
        ("ssm", "GetParameter"),
        ("ssm", "GetParameters"),
        ("ssm", "GetParametersByPath"),
        ("ssm", "GetParameterHistory"),
        ("kms", "Decrypt"),
        ("ecr", "GetAuthorizationToken"),
        ("ecr-public", "GetAuthorizationToken"),
        ("codeartifact", "GetAuthorizationToken"),
        ("sts", "GetSessionToken"),
        ("sts", "GetFederationToken"),
        ("sqs", "ReceiveMessage"),
        ("ec2", "GetPasswordData"),
        ("ec2", "GetConsoleOutput"),
        ("lambda", "GetFunction"),
        ("redshift", "GetClusterCredentials"),
        ("lightsail", "GetInstanceAccessDetails"),
        ("logs", "GetLogEvents"),
        ("logs", "FilterLogEvents"),
        ("s3", "GetObject"),
    }
)


class ReadFailed(Exception):
    """A declared read that gave no answer or a part: ``code`` is AWS's, ``why`` in words, ``settle`` what helps."""

    def __init__(self, call: Call, code: str, why: str, settle: str = "") -> None:
        self.code, self.why = code, why
        self.settle = settle or f"allow {iam_action(call.service, call.operation)}"
        super().__init__(f"{call.service}:{call.operation}: {code}: {why}")


def _too_many(call: Call) -> ReadFailed:
    ask = f"aws {call.service} {botocore.xform_name(call.operation, '-')}   (an audit asks for {call.most_pages} pages)"
    return ReadFailed(call, "TooMany", f"more than {call.most_pages} pages", ask)


@dataclass(frozen=True)
class Target:
    """Which account to read: a profile or the environment's credentials, and an endpoint for an embedded AWS.

    ``dummy`` is the pair (key id and its other half) that an embedded AWS takes in place of the caller's own.
    """

    profile: str | None = None
    endpoint: str | None = None
    dummy: tuple[str, str] | None = None


class Reader:
    """Reads what its collectors declare and nothing else. Safe to share between threads."""

    def __init__(self, target: Target, collectors: Iterable[Collector], *, pace: Pace | None = None) -> None:
        self._target = target
        calls = {(call.service, call.operation) for one in collectors for call in one.calls}
        self._allowed = (calls - SECRET_OPERATIONS) | CREDENTIAL_OPERATIONS
        self._session = make_session(target.profile, calls | CREDENTIAL_OPERATIONS)
        self._config = client_config()
        _known(target.profile, self._session)
        metadata.only_where_it_is(self._session)
        if target.dummy:
            self._session.set_credentials(*target.dummy)
        self._session.register("before-call", self._guard, unique_id="launchbook-guard")
        self._session.register("before-parse", check_answer, unique_id="launchbook-answer")
        self._pace = pace or Pace()
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each page of an operation's answer, cut to the fields it declared.

        Raises ReadFailed when AWS refuses or cannot be reached, also in the middle of the pages, and WriteRefused for
        what no collector declares.
        """
        self._declared(call.service, call.operation)  # a cut model would not even know it
        method = botocore.xform_name(call.operation)
        tree = call.tree
        try:
            client = self._client(call.service, region)
            if client.can_paginate(method) and not call.one_page:
                pages = iter(client.get_paginator(method).paginate(**parameters))
            else:
                pages = (getattr(client, method)(**parameters) for _ in (0,))
            for number in count(1):
                with self._pace.turn(call.service, region):
                    page = next(pages, None)
                if page is None:
                    return
                if call.most_pages and number > call.most_pages:
                    raise _too_many(call)
                if not isinstance(page, Mapping):
                    raise ReadFailed(call, "MalformedAnswer", f"a {type(page).__name__} instead of an object")
                yield tree.cut(page)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise ReadFailed(
                call, details.get("Code", "Unknown"), details.get("Message", str(error))
            ) from None
        except (BotoCoreError, OSError) as error:  # the latter: a credential_process that is not there
            raise ReadFailed(call, type(error).__name__, str(error)) from None
        except _UNPARSABLE as error:
            raise ReadFailed(call, "MalformedAnswer", f"{type(error).__name__}: {str(error)[:200]}") from None

    def _client(self, service: str, region: str) -> Any:
        with self._making:  # botocore sessions make one client at a time; clients may be shared
            if (service, region) not in self._clients:
                made = self._session.create_client(
                    service, region_name=region, endpoint_url=self._target.endpoint, config=self._config
                )
                shorten_pauses(made)
                self._clients[service, region] = made
            return self._clients[service, region]

    def _guard(self, model: OperationModel, **_: Any) -> None:
        self._declared(str(model.service_model.service_name), model.name)

    def _declared(self, service: str, operation: str) -> None:
        if (service, operation) not in self._allowed:
            raise WriteRefused(
                f"{service}:{operation} was not sent",
                "no collector declares it, and an audit only reads",
                hint="launchbook policy   (lists every operation that an audit may use)",
            )


def _known(profile: str | None, session: Any) -> None:
    """Raises UsageError for a profile, given here or by AWS_PROFILE, that the AWS configuration does not have, and
    UnreadableInput for a configuration that cannot be read."""
    try:
        named, held = profile or session.get_config_variable("profile"), session.available_profiles
    except BotoCoreError as error:
        hint = "aws sts get-caller-identity   (must work first)"
        raise UnreadableInput("the account cannot be read", shown(str(error)), hint=hint) from None
    if named and named not in held:
        others = ", ".join(held) or "none"
        why = f"the AWS configuration has {others}"
        raise UsageError(f"there is no profile {shown(named)}", why, hint="aws configure list-profiles")


#: What botocore's parsers raise over an answer that is none: only the first is an error that they mean.
_UNPARSABLE = (ResponseParserError, KeyError, TypeError, ValueError, AttributeError)
