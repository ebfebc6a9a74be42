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
from launchbook.collect.answers import check_answer
from launchbook.collect.declare import Call, Collector
from launchbook.collect.pace import Pace
from launchbook.collect.patience import attempts, shorten_pauses
from launchbook.collect.remedies import ask_again, refused, remedy, way_in
from launchbook.collect.role import take_role
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

    def __init__(self, call: Call, code: str, why: str, settle: str = "", region: str = "") -> None:
        self.code, self.why = code, why
        self.settle = settle or remedy(call, code, region)
        super().__init__(f"{call.service}:{call.operation}: {code}: {why}")


@dataclass(frozen=True)
class Target:
    """Which account to read: a profile or the environment's credentials, and an endpoint for an embedded AWS.

    ``dummy`` is the pair (key id and its other half) that an embedded AWS takes in place of the caller's own. ``role``
    is the ARN of a role that these credentials take before they read, with an external id where its trust policy asks
    for one.
    """

    profile: str | None = None
    endpoint: str | None = None
    dummy: tuple[str, str] | None = None
    role: str = ""
    external_id: str = ""


class Reader:
    """Reads what its collectors declare and nothing else. Safe to share between threads."""

    def __init__(self, target: Target, collectors: Iterable[Collector], *, pace: Pace | None = None) -> None:
        self._target = target
        calls = frozenset((call.service, call.operation) for one in collectors for call in one.calls)
        self._reads = calls - SECRET_OPERATIONS - CREDENTIAL_OPERATIONS
        self._allowed = self._reads | CREDENTIAL_OPERATIONS
        self._session = make_session(target.profile, calls | CREDENTIAL_OPERATIONS)
        # Who asks is asked first: where nothing answers, that is said soon.
        self._configs = (client_config(), client_config(attempts("sts"), connecting=4))
        _known(target.profile, self._session)
        metadata.only_where_it_is(self._session)
        if target.dummy:
            self._session.set_credentials(*target.dummy)
        self._first_region = ""
        if target.role:
            take_role(self._session, self._made_to_sign_in, target.role, target.external_id)
        self._session.register("before-call", self._guard, unique_id="launchbook-guard")
        self._session.register("before-parse", check_answer, unique_id="launchbook-answer")
        self._pace = pace or Pace()
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()

    @property
    def own_regions(self) -> list[str]:
        """The region that the environment or the profile names, if either does."""
        named = self._session.get_config_variable("region")
        return [str(named)] if named else []

    def way_in(self, code: str) -> str:
        """What to do where not even the account could be told."""
        return way_in(code, self._target.profile or "", self._target.endpoint or "", self._first_region)

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each page of an operation's answer, cut to the fields it declared.

        Raises ReadFailed when AWS refuses or cannot be reached, also in the middle of the pages, and WriteRefused for
        what no collector declares.
        """
        # A cut model would not even know it; and what signing in may call, nobody reads.
        self._declared(call.service, call.operation, self._reads)
        self._first_region = self._first_region or region
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
                    more = ask_again(call, call.most_pages)
                    raise ReadFailed(call, "TooMany", f"more than {call.most_pages} pages", more)
                if not isinstance(page, Mapping):
                    raise ReadFailed(call, "MalformedAnswer", f"a {type(page).__name__} instead of an object")
                yield tree.cut(page)
        except ClientError as error:
            raise self._refused(call, error, region) from None
        except (BotoCoreError, OSError) as error:  # the latter: a credential_process that is not there
            raise ReadFailed(call, type(error).__name__, str(error), region=region) from None
        except _UNPARSABLE as error:
            raise ReadFailed(call, "MalformedAnswer", f"{type(error).__name__}: {str(error)[:200]}") from None

    def _client(self, service: str, region: str) -> Any:
        with self._making:  # botocore sessions make one client at a time; clients may be shared
            if (service, region) not in self._clients:
                self._clients[service, region] = self._made(service, region)
            return self._clients[service, region]

    def _made(self, service: str, region: str, **credentials: Any) -> Any:
        made = self._session.create_client(
            service,
            region,
            endpoint_url=self._target.endpoint,
            config=self._configs[service == "sts"],
            **credentials,
        )
        shorten_pauses(made, attempts(service))
        return made

    def _made_to_sign_in(self, service: str, **credentials: Any) -> Any:
        """A client with credentials of its own, where the first read is: another partition has another STS."""
        with self._making:
            return self._made(service, self._first_region, **credentials)

    def _refused(self, call: Call, error: ClientError, region: str) -> ReadFailed:
        details = error.response.get("Error", {})
        code, why = details.get("Code", "Unknown"), details.get("Message", str(error))
        if (call.service, error.operation_name) in self._reads:
            return ReadFailed(call, code, why, region=region)
        # It is signing in that was refused: what the call itself needs is not the matter.
        role = self._target.role or "the role that the profile names"
        settle = f"allow sts:AssumeRole on {role} to whoever runs this, and name them in its trust policy"
        return ReadFailed(call, code, why, settle if refused(code) else "")

    def _guard(self, model: OperationModel, **_: Any) -> None:
        self._declared(str(model.service_model.service_name), model.name, self._allowed)

    def _declared(self, service: str, operation: str, allowed: frozenset[tuple[str, str]]) -> None:
        if (service, operation) not in allowed:
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
