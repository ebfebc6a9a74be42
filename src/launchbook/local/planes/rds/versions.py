"""The PostgreSQL versions and instance classes that RDS offers, for what asks before it creates.

moto has no DescribeDBEngineVersions and knows no PostgreSQL in DescribeOrderableDBInstanceOptions, so Terraform's
data sources ``aws_rds_engine_version`` and ``aws_rds_orderable_db_instance`` would find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.rds.exceptions import OptionGroupNotFoundFaultError, RDSClientError
from moto.rds.responses import RDSResponse

#: The newest minor version of each major one, as RDS listed them in September 2025; older minors are listed too.
NEWEST = {17: 6, 16: 10, 15: 14, 14: 19, 13: 22}
#: The first minor version that RDS offered of a major one.
_FIRST = {17: 1, 16: 1, 15: 2, 14: 1, 13: 1}
_CLASSES = tuple(
    f"db.{family}.{size}"
    for family, sizes in {
        "t3": "micro small medium large xlarge 2xlarge",
        "t4g": "micro small medium large xlarge 2xlarge",
        "m5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
        "m6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
        "m7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
        "r5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
        "r6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
        "r7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge",
    }.items()
    for size in sizes.split()
)
_STORAGE = ("gp3", "gp2", "io1")
#: The authorities that sign servers' certificates → the year in which each ends, as RDS listed them in September 2025.
_AUTHORITIES = {"rds-ca-rsa2048-g1": 2061, "rds-ca-rsa4096-g1": 2121, "rds-ca-ecc384-g1": 2121}


def newest(version: str) -> str:
    """A version in full: what RDS makes of a major version alone, or of none."""
    major, _, minor = (version or str(max(NEWEST))).partition(".")
    return version if minor or int(major) not in NEWEST else f"{major}.{NEWEST[int(major)]}"


def versions() -> list[str]:
    """Every version on offer, the oldest first."""
    return [
        f"{major}.{minor}" for major in sorted(NEWEST) for minor in range(_FIRST[major], NEWEST[major] + 1)
    ]


def engine_version(version: str) -> dict[str, Any]:
    """One version as DescribeDBEngineVersions tells of it."""
    major = int(version.split(".")[0])
    later = [each for each in versions() if number(each) > number(version)]
    return {
        "Engine": "postgres",
        "EngineVersion": version,
        "MajorEngineVersion": str(major),
        "DBParameterGroupFamily": f"postgres{major}",
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {version}",
        "Status": "available",
        "SupportsReadReplica": True,
        "ExportableLogTypes": ["postgresql", "upgrade"],
        "SupportsLogExportsToCloudwatchLogs": True,
        "ValidUpgradeTarget": [
            {
                "Engine": "postgres",
                "EngineVersion": each,
                "Description": f"PostgreSQL {each}",
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": int(each.split(".")[0]) > major,
            }
            for each in later
        ],
    }


def orderable(version: str, wanted: str | None) -> Iterator[dict[str, Any]]:
    """What can be ordered of a version, of one instance class or of all."""
    for name in _CLASSES:
        for storage in _STORAGE if wanted in (None, name) else ():
            yield {
                "Engine": "postgres",
                "EngineVersion": version,
                "DBInstanceClass": name,
                "LicenseModel": "postgresql-license",
                "StorageType": storage,
                "AvailabilityZones": [],
                "MultiAZCapable": True,
                "ReadReplicaCapable": True,
                "Vpc": True,
                "SupportsStorageEncryption": True,
                "SupportsIops": storage == "io1",
                "SupportsEnhancedMonitoring": True,
                "SupportsIAMDatabaseAuthentication": True,
                "SupportsPerformanceInsights": True,
                "SupportedNetworkTypes": ["IPV4"],
                "SupportedEngineModes": ["provisioned"],
                "MinStorageSize": 20,
                "MaxStorageSize": 65536,
            }


def number(version: str) -> tuple[int, ...]:
    """A version as it compares: ``16.4-R2`` is (16, 4)."""
    return tuple(int(part) for part in version.partition("-")[0].split("."))


class Answers(RDSResponse):
    """RDS's answers, with the ones that moto lacks."""

    def describe_db_engine_versions(self) -> ActionResult:
        """The versions of PostgreSQL, filtered as asked; other engines are not served."""
        if self.params.get("Engine") not in (None, "postgres"):
            raise NotImplementedError(f"DescribeDBEngineVersions of {self.params['Engine']}")
        asked, family = self.params.get("EngineVersion"), self.params.get("DBParameterGroupFamily")
        found = versions()
        if asked:
            found = [each for each in found if each == asked or each.split(".")[0] == asked]
        if self.params.get("DefaultOnly"):
            found = [each for each in found if each == newest(asked or "")]
        told = [engine_version(each) for each in found]
        if family:
            told = [each for each in told if each["DBParameterGroupFamily"] == family]
        return ActionResult({"DBEngineVersions": told})

    def describe_orderable_db_instance_options(self) -> ActionResult:
        """What can be ordered of PostgreSQL; of other engines what moto knows."""
        if self.params.get("Engine") != "postgres":
            return super().describe_orderable_db_instance_options()
        version = newest(self.params.get("EngineVersion") or "")
        options = orderable(version, self.params.get("DBInstanceClass"))
        return ActionResult({"OrderableDBInstanceOptions": list(options) if version in versions() else []})

    def describe_certificates(self) -> ActionResult:
        """The authorities, without thumbprints: no server here has a certificate of theirs."""
        wanted = self.params.get("CertificateIdentifier")
        if wanted not in (None, *_AUTHORITIES):
            raise RDSClientError("CertificateNotFound", f"Certificate not found: {wanted}.")
        told = [
            {
                "CertificateIdentifier": name,
                "CertificateType": "CA",
                "ValidFrom": datetime(2021, 5, 1, tzinfo=UTC),
                "ValidTill": datetime(year, 5, 1, tzinfo=UTC),
                "CertificateArn": f"arn:aws:rds:{self.region}::cert:{name}",
                "CustomerOverride": False,
            }
            for name, year in _AUTHORITIES.items()
            if wanted in (None, name)
        ]
        return ActionResult({"DefaultCertificateForNewLaunches": "rds-ca-rsa2048-g1", "Certificates": told})

    def describe_option_groups(self) -> ActionResult:
        """The groups that were made: the one that is named, or all of them."""
        asked = {"option_group_name": None, **self.params}
        try:
            found = self.backend.describe_option_groups(asked)
        except OptionGroupNotFoundFaultError:  # moto's answer to an empty list too
            if asked["option_group_name"]:
                raise
            found = []
        return PaginatedResult({"OptionGroupsList": found})
