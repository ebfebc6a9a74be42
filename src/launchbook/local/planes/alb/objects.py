"""moto's load balancing objects, with what they get wrong made right.

Targets are keyed by id *and* port, drain, and show the health that checks found; rules are listed in order of
priority; a target group knows its balancers by looking, so nothing stale is left; names and ports are unique;
deletion protection protects; a network load balancer has an ARN of its own kind.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

from moto.elbv2 import models, urls
from moto.elbv2.exceptions import (
    DuplicateListenerError,
    DuplicateLoadBalancerName,
    DuplicatePriorityError,
    ELBClientError,
    InvalidTargetError,
    PriorityInUseError,
    TargetNotRunning,
)
from moto.elbv2.models import FakeHealthStatus

from launchbook.local.planes.alb import health
from launchbook.local.planes.alb.health import Health

_KINDS = {"network": "net", "gateway": "gwy"}


class TargetGroup(models.FakeTargetGroup):
    """A target group whose targets are keyed by (id, port).

    ``launchbook_health`` maps (id, port) to the state that the API shows; ``draining`` to the monotonic time at
    which a deregistered target is let go.
    """

    #: moto says that the key is the id alone.
    targets: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.health: dict[tuple[str, int], Health] = {}
        self.draining: dict[tuple[str, int], float] = {}
        super().__init__(*args, **kwargs)

    @property
    def load_balancer_arns(self) -> list[str]:
        """The balancers whose rules name this group, now."""
        backend = models.elbv2_backends[self.account_id][self.region_name]
        return [arn for arn, groups in groups_in_use(backend).items() if self.arn in groups]

    @load_balancer_arns.setter
    def load_balancer_arns(self, _: list[str]) -> None:
        """moto keeps a list that never shrinks; it is not used."""

    @property
    def launchbook_health(self) -> dict[tuple[str, int], str]:
        """State by (id, port), draining targets included."""
        used = bool(self.load_balancer_arns)
        shown: dict[tuple[str, int], str] = dict.fromkeys(list(self.draining), health.DRAINING.state)
        return shown | {key: self.health_of(key, used=used).state for key in list(self.targets)}

    def key(self, target: dict[str, Any]) -> tuple[str, int]:
        """A target as the API names it, with the group's own port where it gives none."""
        return target["Id"], int(target.get("Port") or self.port)

    def register(self, targets: list[dict[str, Any]]) -> None:
        """Add targets; one that drains is taken back."""
        for target in targets:
            instance = self.ec2_backend.get_instance_by_id(target["Id"])
            if instance and instance.state != "running":
                raise TargetNotRunning(instance_id=target["Id"])
        for target in targets:
            key = self.key(target)
            self.draining.pop(key, None)
            self.targets.setdefault(key, {**target, "Port": key[1]})

    def deregister(self, targets: list[dict[str, Any]]) -> None:
        """Start draining; without a port every port of the id goes, as on AWS."""
        gone = []
        for target in targets:
            wanted = [k for k in list(self.targets) if k[0] == target["Id"]]
            if target.get("Port"):
                wanted = [k for k in wanted if k == self.key(target)]
            if not wanted:
                raise InvalidTargetError()
            gone += wanted
        self._drain(gone)

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        """An instance that ends leaves its groups."""
        self._drain([key for key in list(self.targets) if key[0] in instance_ids])

    def _drain(self, keys: list[Any]) -> None:
        delay = float(self.attributes["deregistration_delay.timeout_seconds"])  # type: ignore[arg-type]
        for key in keys:
            if self.targets.pop(key, None) and self.load_balancer_arns:
                self.draining[key] = time.monotonic() + delay
            self.health.pop(key, None)

    def health_of(self, key: Any, *, used: bool) -> Health:
        """The health of a target by its key, registered or not; ``used`` says whether a rule names the group."""
        if key in self.draining:
            return health.DRAINING
        if key not in self.targets:
            return health.NOT_REGISTERED
        return self.health.get(key, health.INITIAL) if used else health.UNUSED

    def health_for(self, target: dict[str, Any], ec2_backend: Any) -> FakeHealthStatus:
        """The answer of describe-target-health for one target."""
        key = self.key(target)
        instance = ec2_backend.get_instance_by_id(key[0]) if key[0].startswith("i-") else None
        found = self.health_of(key, used=bool(self.load_balancer_arns))
        if instance and instance.state == "stopped" and key in self.targets:
            found = Health("unused", "Target.InvalidState", "Target is in the stopped state")
        check_port = str(self.health_check_port or "traffic-port")
        checked = str(key[1]) if check_port == "traffic-port" else check_port
        return FakeHealthStatus(key[0], str(key[1]), checked, found.state, found.reason, found.description)


class Listener(models.FakeListener):
    """A listener that lists its rules by priority, the default last."""

    @property
    def rules(self) -> dict[Any, Any]:
        """Rules by ARN, in the order in which they are tried."""
        ordered = sorted(self._non_default_rules.items(), key=lambda item: int(item[1].priority))
        return OrderedDict([*ordered, *self._default_rule.items()])


class LoadBalancer(models.FakeLoadBalancer):
    """A load balancer whose state is what its proxy says, not how often it was described."""

    reason: str = ""

    @property
    def load_balancer_state(self) -> dict[str, str]:
        """Code and, when it failed, why."""
        return {"Code": self.state} | ({"Reason": self.reason} if self.reason else {})

    def activate(self) -> None:
        """moto calls this on every describe; the plane alone decides."""


class LoadBalancing(models.ELBv2Backend):
    """The operations whose answers moto gets wrong. ``reserve`` gives a new balancer its DNS name."""

    reserve: ClassVar[Callable[[str], str]]
    changed: ClassVar[Callable[[], None]]

    @property
    def _url_module(self) -> ModuleType:
        return urls

    def create_load_balancer(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Names are unique; the ARN says the kind; the DNS name is an address that answers."""
        if any(each.name == name for each in self.load_balancers.values()):
            raise DuplicateLoadBalancerName()
        tags = kwargs.pop("tags", None)
        balancer = super().create_load_balancer(name, *args, **kwargs)
        del self.load_balancers[balancer.arn]
        kind = _KINDS.get(balancer.type, "app")
        balancer.arn = balancer.arn.replace("loadbalancer/app/", f"loadbalancer/{kind}/")
        balancer.dns_name = type(self).reserve(balancer.arn)
        self.load_balancers[balancer.arn] = balancer
        self.tagging_service.tag_resource(balancer.arn, tags)
        type(self).changed()
        return balancer

    def delete_load_balancer(self, arn: str) -> None:
        """Refused while it is protected."""
        balancer = self.load_balancers.get(arn)
        if balancer and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        super().delete_load_balancer(arn)
        type(self).changed()

    def create_listener(self, load_balancer_arn: str, protocol: str, port: str, *a: Any, **k: Any) -> Any:
        """One listener a port."""
        balancer = self.load_balancers.get(load_balancer_arn)
        if balancer and any(str(each.port) == str(port) for each in balancer.listeners.values()):
            raise DuplicateListenerError()
        listener = super().create_listener(load_balancer_arn, protocol, port, *a, **k)
        type(self).changed()
        return listener

    def modify_target_group(self, *args: Any, **kwargs: Any) -> Any:
        """What changed is checked from now on."""
        group = super().modify_target_group(*args, **kwargs)
        type(self).changed()
        return group

    def register_targets(self, target_group_arn: str, instances: list[Any]) -> None:
        """Told to the proxy at once."""
        super().register_targets(target_group_arn, instances)
        type(self).changed()

    def deregister_targets(self, target_group_arn: str, instances: list[dict[str, Any]]) -> None:
        """Told to the proxy at once."""
        super().deregister_targets(target_group_arn, instances)
        type(self).changed()

    def describe_target_health(self, target_group_arn: str, targets: list[dict[str, Any]]) -> list[Any]:
        """Of all targets, the draining ones too, when none are named."""
        group: Any = self.target_groups.get(target_group_arn)
        if group and not targets:
            keys: list[Any] = [*group.targets, *group.draining]
            targets = [{"Id": key[0], "Port": key[1]} for key in keys]
            if not targets:
                return []
        return super().describe_target_health(target_group_arn, targets)

    def set_rule_priorities(self, rule_priorities: list[dict[str, Any]]) -> list[Any]:
        """All at once, so that two rules can swap."""
        wanted = [int(each["Priority"]) for each in rule_priorities]
        for priority in wanted:
            if wanted.count(priority) > 1:
                raise DuplicatePriorityError(str(priority))
        rules = [self.describe_rules(None, [each["RuleArn"]])[0] for each in rule_priorities]
        moved = {rule.arn for rule in rules}
        for rule in rules:
            listener = self.describe_listeners(None, [rule.listener_arn])[0]
            others = {each.priority for each in listener.rules.values() if each.arn not in moved}
            if others & set(wanted):
                raise PriorityInUseError()
        for rule, priority in zip(rules, wanted, strict=True):
            rule.priority = priority
        type(self).changed()
        return rules


def groups_in_use(backend: models.ELBv2Backend) -> dict[str, set[str]]:
    """The target groups that each balancer's rules name, by the balancer's ARN."""
    found: dict[str, set[str]] = {}
    for arn, balancer in list(backend.load_balancers.items()):
        found[arn] = {
            group
            for listener in list(balancer.listeners.values())
            for rule in list(listener.rules.values())
            for action in rule.actions
            for group in backend._get_target_group_arns_from(action.data)
        }
    return found


def install(reserve: Callable[[str], str], changed: Callable[[], None]) -> None:
    """Put these in moto's place; balancers made from now on are ours."""
    models.FakeTargetGroup = TargetGroup  # type: ignore[misc]
    models.FakeListener = Listener  # type: ignore[misc]
    models.FakeLoadBalancer = LoadBalancer  # type: ignore[misc]
    LoadBalancing.reserve = staticmethod(reserve)
    LoadBalancing.changed = staticmethod(changed)
    models.elbv2_backends.backend = LoadBalancing
    for regions in models.elbv2_backends.values():
        for backend in regions.values():  # another service has looked in before; there is nothing in it yet
            backend.__class__ = LoadBalancing
