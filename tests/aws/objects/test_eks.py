"""Node groups as they were asked for; add-ons and access entries that are kept."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients

_ROLE = "arn:aws:iam::123456789012:role/teams/node"


@pytest.fixture
def cluster(aws: Clients) -> Iterator[str]:
    eks = aws("eks")
    eks.create_cluster(name="quarry", version="1.33", roleArn=_ROLE, resourcesVpcConfig={})
    yield "quarry"
    eks.delete_cluster(name="quarry")


def test_a_node_group_is_what_was_asked_for(aws: Clients, cluster: str) -> None:
    eks = aws("eks")
    eks.create_nodegroup(
        clusterName=cluster, nodegroupName="main", subnets=["subnet-1"], nodeRole=_ROLE,
        updateConfig={"maxUnavailablePercentage": 33},
    )  # fmt: skip
    told = eks.describe_nodegroup(clusterName=cluster, nodegroupName="main")["nodegroup"]
    assert told["version"] == "1.33"
    assert told["updateConfig"] == {"maxUnavailablePercentage": 33}
    assert "remoteAccess" not in told
    assert "remoteAccessSecurityGroup" not in told["resources"]
    eks.delete_nodegroup(clusterName=cluster, nodegroupName="main")


def test_an_add_on_is_kept_until_it_is_deleted(aws: Clients, cluster: str) -> None:
    eks = aws("eks")
    eks.create_addon(clusterName=cluster, addonName="vpc-cni", tags={"a": "b"})
    told = eks.describe_addon(clusterName=cluster, addonName="vpc-cni")["addon"]
    assert (told["status"], told["tags"]) == ("ACTIVE", {"a": "b"})
    update = eks.update_addon(clusterName=cluster, addonName="vpc-cni", configurationValues="{}")["update"]
    assert eks.describe_update(name=cluster, addonName="vpc-cni", updateId=update["id"])["update"][
        "status"
    ] == ("Successful")
    assert eks.list_addons(clusterName=cluster)["addons"] == ["vpc-cni"]
    eks.delete_addon(clusterName=cluster, addonName="vpc-cni")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.describe_addon(clusterName=cluster, addonName="vpc-cni")


def test_an_access_entry_is_kept_with_its_policies(aws: Clients, cluster: str) -> None:
    eks = aws("eks")
    whose = {"clusterName": cluster, "principalArn": _ROLE}
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    eks.create_access_entry(**whose)
    eks.associate_access_policy(**whose, policyArn=policy, accessScope={"type": "cluster"})
    assert eks.describe_access_entry(**whose)["accessEntry"]["username"] == _ROLE
    (held,) = eks.list_associated_access_policies(**whose)["associatedAccessPolicies"]
    assert held["policyArn"] == policy
    eks.disassociate_access_policy(**whose, policyArn=policy)
    assert eks.list_associated_access_policies(**whose)["associatedAccessPolicies"] == []
    assert eks.list_access_entries(clusterName=cluster)["accessEntries"] == [_ROLE]
    eks.delete_access_entry(**whose)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        eks.describe_access_entry(**whose)


def _ended(aws: Clients, cluster: str, update: dict[str, str]) -> bool:
    told = aws("eks").describe_update(name=cluster, updateId=update["id"])["update"]
    return bool(told["status"] == "Successful")


def test_updates_of_a_cluster_are_told_as_updates(aws: Clients, cluster: str) -> None:
    eks = aws("eks")
    network = {"subnetIds": ["subnet-1"], "endpointPublicAccess": True}
    for given in (network, {"endpointPrivateAccess": True}):
        update = eks.update_cluster_config(name=cluster, resourcesVpcConfig=given)["update"]
        assert _ended(aws, cluster, update)
    told = eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    assert (told["subnetIds"], told["endpointPrivateAccess"]) == (["subnet-1"], True)
    assert _ended(aws, cluster, eks.update_cluster_version(name=cluster, version="1.34")["update"])
    assert eks.describe_cluster(name=cluster)["cluster"]["version"] == "1.34"
    for wrong in ("1.33", "1.36", "newest"):
        with pytest.raises(ClientError, match="InvalidParameterException"):
            eks.update_cluster_version(name=cluster, version=wrong)


def test_updates_of_a_node_group_are_told_as_updates(aws: Clients, cluster: str) -> None:
    eks, which = aws("eks"), {"clusterName": cluster, "nodegroupName": "main"}
    eks.create_nodegroup(**which, subnets=["subnet-1"], nodeRole=_ROLE, version="1.32")
    sizes = {"minSize": 1, "maxSize": 5, "desiredSize": 2}
    assert _ended(aws, cluster, eks.update_nodegroup_config(**which, scalingConfig=sizes)["update"])
    assert _ended(aws, cluster, eks.update_nodegroup_version(**which, version="1.33")["update"])
    told = eks.describe_nodegroup(**which)["nodegroup"]
    assert (told["version"], told["scalingConfig"]) == ("1.33", sizes)
    with pytest.raises(ClientError, match="newer than the cluster"):
        eks.update_nodegroup_version(**which, version="1.34")
    eks.delete_nodegroup(**which)
