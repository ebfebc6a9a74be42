"""Settings that are kept: of the security hub, and how many instances of a function are to be ready."""

import io
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients


def test_the_security_hub_keeps_its_settings_until_it_is_off(aws: Clients) -> None:
    hub = aws("securityhub", region="eu-west-3")
    with pytest.raises(ClientError, match="not subscribed"):
        hub.update_security_hub_configuration(AutoEnableControls=False)
    hub.enable_security_hub()
    hub.update_security_hub_configuration(
        AutoEnableControls=False, ControlFindingGenerator="STANDARD_CONTROL"
    )
    told = hub.describe_hub()
    assert (told["AutoEnableControls"], told["ControlFindingGenerator"]) == (False, "STANDARD_CONTROL")
    hub.disable_security_hub()
    hub.enable_security_hub()
    assert hub.describe_hub()["AutoEnableControls"] is True
    hub.disable_security_hub()


def test_provisioned_concurrency_is_kept(aws: Clients) -> None:
    functions, iam = aws("lambda"), aws("iam")
    role = iam.create_role(RoleName="ready", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass")
    functions.create_function(
        FunctionName="ready", Runtime="python3.12", Role=role, Handler="main.handler",
        Code={"ZipFile": packed.getvalue()}, Publish=True,
    )  # fmt: skip
    functions.create_alias(FunctionName="ready", Name="live", FunctionVersion="1")
    whose = {"FunctionName": "ready", "Qualifier": "live"}
    functions.put_provisioned_concurrency_config(**whose, ProvisionedConcurrentExecutions=2)
    told = functions.get_provisioned_concurrency_config(**whose)
    assert (told["Status"], told["RequestedProvisionedConcurrentExecutions"]) == ("READY", 2)
    listed = functions.list_provisioned_concurrency_configs(FunctionName="ready")
    assert [each["FunctionArn"].rpartition(":")[2] for each in listed["ProvisionedConcurrencyConfigs"]] == [
        "live"
    ]
    functions.delete_provisioned_concurrency_config(**whose)
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFoundException"):
        functions.get_provisioned_concurrency_config(**whose)
    functions.delete_function(FunctionName="ready")
    iam.delete_role(RoleName="ready")
