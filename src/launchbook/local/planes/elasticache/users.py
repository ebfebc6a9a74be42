"""Groups of ElastiCache users, which moto lacks: kept with their members; no cache asks them for a password."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException, UserNotFound
from moto.elasticache.responses import ElastiCacheResponse


class UserGroupError(ElastiCacheException):
    """A group that is not there, is there already, or lacks what it must have."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class UserGroups(ElastiCacheResponse):
    """moto's operations, and those on groups of users."""

    def create_user_group(self) -> ActionResult:
        """Make a group of users, one of whom must be named ``default``."""
        name = self._get_param("UserGroupId")
        if name in self._groups:
            raise UserGroupError("UserGroupAlreadyExists", f"User Group {name} already exists.")
        arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:usergroup:{name}"
        members = self._members(self._get_param("UserIds", []))
        self._groups[name] = {
            "UserGroupId": name,
            "Status": "active",
            "Engine": str(self._get_param("Engine")).lower(),
            "MinimumEngineVersion": "6.0",
            "ARN": arn,
        }
        self._join(name, members)
        if tags := self._get_param("Tags", []):
            self.elasticache_backend.tagging_service.tag_resource(arn, tags)
        return ActionResult(self._told(name))

    def describe_user_groups(self) -> ActionResult:
        """One group, or all of them."""
        name = self._get_param("UserGroupId")
        names = [self._named(name)] if name else list(self._groups)
        return ActionResult({"UserGroups": [self._told(each) for each in names]})

    def modify_user_group(self) -> ActionResult:
        """Add users to a group and take others from it."""
        name = self._named(self._get_param("UserGroupId"))
        gone = self._get_param("UserIdsToRemove", [])
        kept = [each for each in self._told(name)["UserIds"] if each not in gone]
        self._join(name, self._members([*kept, *self._get_param("UserIdsToAdd", [])]))
        return ActionResult(self._told(name))

    def delete_user_group(self) -> ActionResult:
        """Delete a group; its users stay."""
        name = self._named(self._get_param("UserGroupId"))
        told = {**self._told(name), "Status": "deleting"}
        self._join(name, [])
        del self._groups[name]
        self.elasticache_backend.tagging_service.delete_all_tags_for_resource(told["ARN"])
        return ActionResult(told)

    def _members(self, names: list[str]) -> list[Any]:
        users = self.elasticache_backend.users
        for each in names:
            if each not in users:
                raise UserNotFound(each)
        members = [users[each] for each in names]
        if "default" not in [each.name for each in members]:
            raise UserGroupError("DefaultUserRequired", "You must add a default user to a user group.")
        return members

    def _join(self, name: str, members: list[Any]) -> None:
        for user in self.elasticache_backend.users.values():
            groups = [each for each in user.user_group_ids if each != name]
            user.user_group_ids = [*groups, name] if user in members else groups

    def _told(self, name: str) -> dict[str, Any]:
        users = self.elasticache_backend.users.values()
        replications: list[Any] = list(self.elasticache_backend.replication_groups.values())
        return {
            **self._groups[name],
            "UserIds": [each.id for each in users if name in each.user_group_ids],
            "ReplicationGroups": [
                each.replication_group_id for each in replications if name in each.user_group_ids
            ],
        }

    def _named(self, name: str) -> str:
        if name not in self._groups:
            raise UserGroupError("UserGroupNotFound", f"User Group {name} not found.")
        return name

    @property
    def _groups(self) -> dict[str, dict[str, Any]]:
        held: dict[str, dict[str, Any]] = vars(self.elasticache_backend).setdefault("launchbook_groups", {})
        return held
