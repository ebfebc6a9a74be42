"""Groups of users that caches may ask."""

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients


def test_a_user_group_keeps_its_members(aws: Clients) -> None:
    caches = aws("elasticache")
    for user, name in (("harbour-default", "default"), ("harbour-app", "app")):
        caches.create_user(
            UserId=user, UserName=name, Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True
        )
    with pytest.raises(ClientError, match="DefaultUserRequired"):
        caches.create_user_group(UserGroupId="harbour", Engine="redis", UserIds=["harbour-app"])
    tags = [{"Key": "a", "Value": "b"}]
    made = caches.create_user_group(
        UserGroupId="harbour", Engine="REDIS", UserIds=["harbour-default"], Tags=tags
    )
    assert (made["Engine"], made["Status"], made["UserIds"]) == ("redis", "active", ["harbour-default"])
    assert caches.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == tags
    caches.modify_user_group(UserGroupId="harbour", UserIdsToAdd=["harbour-app"])
    (told,) = caches.describe_user_groups(UserGroupId="harbour")["UserGroups"]
    assert sorted(told["UserIds"]) == ["harbour-app", "harbour-default"]
    caches.delete_user_group(UserGroupId="harbour")
    with pytest.raises(ClientError, match="UserGroupNotFound"):
        caches.describe_user_groups(UserGroupId="harbour")
    for user in ("harbour-default", "harbour-app"):
        caches.delete_user(UserId=user)
