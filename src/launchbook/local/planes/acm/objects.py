"""What moto says wrongly of a certificate: that nothing uses it, that none can renew, and that its key is RSA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import CertificateBuilder
from moto.acm import models, urls
from moto.acm.exceptions import AWSValidationException
from moto.acm.responses import AWSCertificateManagerResponse
from moto.cloudfront.models import cloudfront_backends
from moto.core.responses import ActionResult
from moto.elbv2.models import elbv2_backends

#: The algorithms that a public certificate may be asked for with, beside moto's own RSA of 2,048 bits.
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "EC_prime256v1": ec.SECP256R1,
    "EC_secp384r1": ec.SECP384R1,
    "EC_secp521r1": ec.SECP521R1,
}
_SIZES = {"RSA_1024": 1024, "RSA_3072": 3072, "RSA_4096": 4096}
_describe = models.CertBundle.describe


def describe(self: models.CertBundle) -> dict[str, Any]:
    """moto's description, with who uses it; Amazon's own certificates renew while something does, as on AWS."""
    told = _describe(self)
    held = told["Certificate"]
    held["InUseBy"] = sorted({*held.get("InUseBy", ()), *_users(self.arn)})
    if held.get("Type") == "AMAZON_ISSUED" and held.get("Status") == "ISSUED" and held["InUseBy"]:
        held["RenewalEligibility"] = "ELIGIBLE"
    return told


def _users(arn: str) -> Iterator[str]:
    """The load balancers and distributions that show a certificate."""
    region, account = arn.split(":")[3:5]
    for listener in (
        one
        for balancer in elbv2_backends[account][region].load_balancers.values()
        for one in balancer.listeners.values()
    ):
        if arn in (listener.certificates or ()) or arn == listener.certificate:
            yield listener.load_balancer_arn
    for distribution in cloudfront_backends[account]["aws"].distributions.values():
        shown = vars(distribution.distribution_config)[
            "ViewerCertificate"
        ]  # moto keeps AWS's own names there
        if shown.acm_certificate_arn == arn:
            yield distribution.arn


class Response(AWSCertificateManagerResponse):
    """moto's, with the key that is asked for."""

    def request_certificate(self) -> ActionResult:
        """Ask for a certificate; its key is of the wanted kind, and load balancers show it."""
        wanted = self._get_param("KeyAlgorithm") or "RSA_2048"
        if wanted not in {"RSA_2048", *_CURVES, *_SIZES}:
            raise AWSValidationException(f"The key algorithm {wanted} is not supported.")
        held = set(self.acm_backend._certificates)
        answer = super().request_certificate()
        for arn in set(self.acm_backend._certificates) - held:
            if wanted != "RSA_2048":
                _rekey(self.acm_backend._certificates[arn], wanted)
        return answer


def _rekey(made: Any, algorithm: str) -> None:
    """Give a new certificate a key of that algorithm."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    if algorithm in _CURVES:
        key = ec.generate_private_key(_CURVES[algorithm]())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=_SIZES[algorithm])
    old = made._cert
    builder = (
        CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(key.public_key())
        .serial_number(old.serial_number)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    made._key, made._cert = key, builder.sign(key, hashes.SHA256())
    made.cert = made._cert.public_bytes(serialization.Encoding.PEM)
    made.key = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def install() -> None:
    """Put these in moto's place."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
    models.CertBundle.describe = describe  # type: ignore[method-assign]
