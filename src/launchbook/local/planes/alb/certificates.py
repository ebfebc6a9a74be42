"""The certificates of a listener as files that the proxy reads: ACM's, IAM's, else one that signs itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

from moto.acm.models import AWS_ROOT_CA, acm_backends
from moto.iam.models import iam_backends

from launchbook.local.tls import self_signed


def pem(arn: str, account: str, region: str) -> bytes:
    """Key, certificate and chain of a certificate's ARN in one PEM text, self-signed when nobody has a key."""
    bundle = acm_backends[account][region]._certificates.get(arn)
    if bundle and bundle.key:
        chain = bundle.chain.replace(AWS_ROOT_CA, b"")
        return b"\n".join((bundle.key.strip(), bundle.cert.strip(), chain.strip())) + b"\n"
    stored = iam_backends[account]["aws"].get_certificate_by_arn(arn)
    if stored and stored.private_key:
        return "\n".join(
            (stored.private_key.strip(), stored.cert_body.strip(), (stored.cert_chain or "").strip(), "")
        ).encode()
    return self_signed(bundle.common_name if bundle else "localhost")


def write(directory: Path, content: bytes) -> Path:
    """The file that holds this certificate, named by its content, so that a change is a new name."""
    path = directory / f"{hashlib.sha256(content).hexdigest()[:16]}.pem"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(content)
    return path
