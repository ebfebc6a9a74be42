"""The key that a service of AWS makes for itself is AWS's: a sweep must not count it as somebody's."""

from __future__ import annotations

REGION = "ap-south-1"  # no other test makes a key there


def test_the_default_key_of_secrets_manager_is_managed_by_aws(aws):
    kms, secrets = aws("kms", region=REGION), aws("secretsmanager", region=REGION)
    own = kms.create_key(Description="ours")["KeyMetadata"]
    assert own["KeyManager"] == "CUSTOMER"

    default = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]
    assert default["KeyManager"] == "AWS"

    secrets.create_secret(Name="held", SecretString="x")
    managed = {key["KeyId"]: kms.describe_key(KeyId=key["KeyId"]) for key in kms.list_keys()["Keys"]}
    assert {name for name, one in managed.items() if one["KeyMetadata"]["KeyManager"] == "CUSTOMER"} == {
        own["KeyId"]
    }
