"""What Terraform and AWS say when they fail, each as one message with a hint. The texts are Terraform's own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound

from launchbook.lifecycle import reserve
from launchbook.lifecycle.failures import LockHeld, aws_failure, errors_of, surprise, terraform_failure

LOCK = """
Error: Error acquiring the state lock

Error message: operation error DynamoDB: PutItem, https response error StatusCode: 400,
ConditionalCheckFailedException: The conditional request failed
Lock Info:
  ID:        11111111-2222-3333-4444-555555555555
  Path:      bucket/stack/terraform.tfstate
  Operation: OperationTypeApply
  Who:       ana@laptop
  Version:   1.11.4
  Created:   2026-01-31 12:00:00.123456789 +0000 UTC
  Info:


Terraform acquires a state lock to protect the state from being written
"""


def failed(said: str):
    return terraform_failure("stack", said, "/log", "/work", "apply")


def test_a_bucket_that_is_not_empty_says_what_helps():
    said = "Error: deleting S3 Bucket (files): api error BucketNotEmpty: The bucket you tried to delete is not empty"
    error = terraform_failure("app", said, "/log", "/work", "destroy")
    assert error.what == "app: a bucket is not empty"
    assert "files" in error.why
    assert "force_destroy" in error.hint


def test_a_destroy_that_fails_is_called_a_destroy():
    error = terraform_failure("app", "Error: it is odd", "/log", "/work", "destroy")
    assert error.what == "app: terraform destroy failed"


def test_a_lock_says_who_holds_it_and_how_to_break_it():
    error = failed(LOCK)
    assert isinstance(error, LockHeld)
    assert str(error) == (
        "the state of stack is locked: ana@laptop has held it for Apply since 2026-01-31 12:00:00.123456789 +0000 UTC"
    )
    assert "terraform -chdir=/work force-unlock 11111111-2222-3333-4444-555555555555" in error.hint


NOT_ALLOWED = """
Error: Error acquiring the state lock

Error message: operation error DynamoDB: PutItem, https response error
StatusCode: 400, RequestID: , api error AccessDeniedException: User: arn:aws:sts::1:assumed-role/ci/1 is not
authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:1:table/lock
Unable to retrieve item from DynamoDB table "lock":
operation error DynamoDB: GetItem, https response error StatusCode: 400,
RequestID: , api error AccessDeniedException

Terraform acquires a state lock to protect the state from being written
"""


def test_a_lock_that_may_not_be_taken_is_held_by_nobody():
    error = failed(NOT_ALLOWED)
    assert not isinstance(error, LockHeld)
    assert "a permission is missing" in str(error)
    assert "dynamodb:PutItem" in str(error)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("\nError: No valid credential sources found\n\nPlease see https://…", "there are no working AWS credentials"),
        (
            "\nError: validating provider credentials: retrieving caller identity from STS: operation error STS: "
            "GetCallerIdentity, StatusCode: 403, api error InvalidClientTokenId: The security token",
            "there are no working AWS credentials",
        ),
        ("\nError: invalid AWS Region: eu-wst-1\n\n  with provider[…]", "this is the wrong region"),
        (
            "\nError: Failed to get existing workspaces: S3 bucket \"b\" does not exist.\n\nThe referenced",
            "the remote state's backend is missing",
        ),
        ("\nError: Module not installed\n\n  on main.tf line 3:", "the working folder is not ready"),
        (
            "\nError: Failed to query available provider packages\n\nCould not retrieve the list of available versions "
            "for provider hashicorp/aws: could not connect to registry.terraform.io: no such host",
            "no source of the Terraform provider was reached",
        ),
        ("\nError: writing state: write terraform.tfstate: no space left on device", "the disk is full"),
        ("\nError: creating SQS Queue: dial tcp 127.0.0.1:4566: connect: connection refused", "AWS did not answer"),
        ("\nError: creating IAM Role (x): api error AccessDenied: User is not authorized", "a permission is missing"),
        ("\nError: creating IAM Role (x): EntityAlreadyExists: Role with name x", "a name is in use already"),
        ("\nError: Unsupported argument\n\n  on main.tf line 3:\n", "terraform apply failed"),
    ],
)  # fmt: skip
def test_each_failure_is_one_message_with_a_hint(said, what):
    error = failed(said)
    assert what in error.what
    assert "/log" in error.why
    assert error.hint
    assert error.exit_code == 3


def test_the_errors_own_words_are_kept_once():
    said = "\nError: creating Role: denied\n\n  with aws_iam_role.a,\n  on main.tf line 1\n" * 2
    assert errors_of(said) == "creating Role: denied"


def test_a_secret_in_an_error_is_held_back():
    assert "AKIA" not in errors_of("\nError: bad key AKIAIOSFODNN7EXAMPLE\n")


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (NoCredentialsError(), "there are no working AWS credentials"),
        (ProfileNotFound(profile="x"), "there is no such profile"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, "GetCallerIdentity"),
            "no working AWS cred",
        ),
        (EndpointConnectionError(endpoint_url="https://sts.x"), "eu-wst-1 is the wrong region"),
    ],
)
def test_an_account_that_cannot_be_asked(error, what):
    failure = aws_failure(error, "eu-wst-1", None)
    assert what in failure.what
    assert failure.hint


def test_a_region_that_exists_but_does_not_answer_is_not_called_wrong():
    error = EndpointConnectionError(endpoint_url="https://sts.eu-west-1.amazonaws.com")
    assert aws_failure(error, "eu-west-1", None).what == "AWS in eu-west-1 does not answer"


def test_a_full_disk_under_the_run_itself():
    assert "the disk is full" in surprise("images", OSError(28, "No space left on device")).what


def test_on_a_full_disk_every_failure_is_the_disks_and_no_state_is_printed(tmp_path, monkeypatch):
    monkeypatch.setattr(reserve.shutil, "disk_usage", lambda _: SimpleNamespace(free=3 * 10**6))
    cut_off = 'aws_s3_bucket.state: Creating...\n{"serial": 3, "resources": [{"password": "planted"'
    error = terraform_failure("stack", cut_off, "/log", str(tmp_path), "apply")
    assert str(error) == f"stack: the disk is full: 3 MB are free beside {tmp_path} (all of it: /log)"
    assert error.hint.startswith("free some space")
    known = terraform_failure(
        "stack", "Error: Failed to persist state\n\nno space left", "/log", str(tmp_path), "apply"
    )
    assert "Terraform's words: Failed to persist state: no space left" in str(known)
