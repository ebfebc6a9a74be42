"""State in S3 and a lock in DynamoDB, with nothing but the environment of ``launchbook local env``."""

import json
import threading
from pathlib import Path

import pytest

from tests.aws.stacks.cycle import environment
from tests.support.terraform import Terraform, TerraformFailed, available

HERE = Path(__file__).parent
BUCKET, TABLE, REGION = "remote-state", "remote-lock", "eu-west-1"

pytestmark = pytest.mark.skipif(bool(available()), reason=available())


@pytest.fixture
def terraform(embedded, aws, tmp_path):
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    aws("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
    )
    backend = {"bucket": BUCKET, "dynamodb_table": TABLE, "region": REGION}
    yield Terraform.of(HERE / "remote", tmp_path / "remote", environment(embedded, REGION), backend)
    versions = s3.list_object_versions(Bucket=BUCKET)
    for each in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
        s3.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)
    aws("dynamodb").delete_table(TableName=TABLE)


@pytest.mark.slow
def test_state_lives_in_the_bucket_and_is_locked(terraform, aws):
    terraform.apply()
    assert terraform.changes() == []
    stored = json.loads(aws("s3").get_object(Bucket=BUCKET, Key="stack/terraform.tfstate")["Body"].read())
    assert [each["name"] for each in stored["resources"]] == ["one"]

    lock = {
        "LockID": {"S": f"{BUCKET}/stack/terraform.tfstate"},
        "Info": {"S": '{"ID":"x","Who":"somebody"}'},
    }
    aws("dynamodb").put_item(TableName=TABLE, Item=lock)
    with pytest.raises(TerraformFailed, match="somebody"):
        terraform.apply()
    release = threading.Timer(
        2, lambda: aws("dynamodb").delete_item(TableName=TABLE, Key={"LockID": lock["LockID"]})
    )
    release.start()
    terraform.run("apply", "-auto-approve", "-input=false", "-lock-timeout=30s")
    release.join()

    terraform.destroy()
    assert aws("ssm").describe_parameters()["Parameters"] == []
    with pytest.raises(aws("s3").exceptions.ClientError, match="BucketNotEmpty"):
        aws("s3").delete_bucket(Bucket=BUCKET)
