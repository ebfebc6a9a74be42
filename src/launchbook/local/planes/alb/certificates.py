"""The certificates of a listener as files that the proxy reads: ACM's, IAM's, else one that signs itself."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto.acm.models import AWS_ROOT_CA, acm_backends
from moto.iam.models import iam_backends


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


@cache
def self_signed(name: str) -> bytes:
    """A key and a certificate for a name, good for a year."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
