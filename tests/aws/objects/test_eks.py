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
