"""Signatures are those of botocore, for whatever is signed."""

from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st
from orders.credentials import Credentials
from orders.signing import signed

visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=30)
urls = st.sampled_from(
    [
        "https://sqs.eu-west-1.amazonaws.com/", "http://127.0.0.1:4566/", "http://127.0.0.1:80/", "http://[::1]:99/",
        "https://localhost:443", "http://localhost:443/under/a path/",
    ]
)  # fmt: skip
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@given(urls, st.binary(max_size=300), visible, visible, st.none() | visible, values, moments)
def test_a_signature_is_botocores(url, body, access_key, secret_key, token, target, now):
    credentials = Credentials(access_key, secret_key, token)
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    ours = signed(url, headers, body, credentials, service="sqs", region="eu-west-1", now=now)
    theirs = AWSRequest("POST", url, {k: v for k, v in ours.items() if k != "Authorization"}, body)
    theirs.context["timestamp"] = ours["X-Amz-Date"]
    signer = SigV4Auth(credentials, "sqs", "eu-west-1")
    signature = signer.signature(signer.string_to_sign(theirs, signer.canonical_request(theirs)), theirs)
    names = signer.signed_headers(signer.headers_to_sign(theirs))
    assert ours["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(theirs)}, SignedHeaders={names}, Signature={signature}"
    )
    assert ours.get("X-Amz-Security-Token") == token


def test_a_lost_letter_changes_the_signature():
    credentials = Credentials("key", "secret", None)
    given_headers = {"X-Amz-Target": "AmazonSQS.SendMessage"}
    found = {
        signed("http://127.0.0.1/", given_headers, body, credentials, service="sqs", region="eu-west-1",
               now=datetime(2026, 1, 1, tzinfo=UTC))["Authorization"]
        for body in (b"order", b"orde")
    }  # fmt: skip
    assert len(found) == 2
