"""The host: it answers, names what it lacks, and says who called."""

import urllib.request

import pytest
from botocore.exceptions import ClientError

from launchbook.local import control


def test_identity(aws):
    assert aws("sts").get_caller_identity()["Account"] == "123456789012"


def test_missing_operation_is_refused_once_and_for_all(aws, embedded):
    with pytest.raises(ClientError) as refused:
        aws("workmail").list_organizations()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert "workmail:ListOrganizations" in str(refused.value)
    missing = control.ask(embedded, "status")["missing"]
    assert any(row["operation"].startswith("workmail:") for row in missing)


def test_only_loopback_listens(embedded):
    assert embedded.endpoint.startswith("http://127.0.0.1:")


def test_control_interface_needs_its_header(embedded):
    request = urllib.request.Request(f"{embedded.endpoint}/_launchbook/status", method="POST", data=b"{}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 403
