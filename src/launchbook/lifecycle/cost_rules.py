"""What a resource costs for being there, by type: a rule each, over Terraform's attribute names.

A rule gives the fixed part in dollars an hour, in words what it counted, and what use adds. The price table lists
the free types; a type that is neither ruled nor listed is not priced, and said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from launchbook.lifecycle.charge import Charge, Item, Rule, by_hour, by_month, by_use, month, plain, stored
from launchbook.lifecycle.price_table import Unpriced


def _fargate(item: Item, sizes: Mapping[str, Any]) -> Decimal:
    platform = (sizes.get("runtime_platform") or [{}])[0]
    arm = "arm_" if platform.get("cpu_architecture") == "ARM64" else ""
    cpu, memory = Decimal(str(sizes["cpu"])) / 1024, Decimal(str(sizes["memory"])) / 1024
    return cpu * item.rate(f"fargate_{arm}vcpu_hour") + memory * item.rate(f"fargate_{arm}gb_hour")


def _sized(sizes: Mapping[str, Any]) -> str:
    cpu, memory = Decimal(str(sizes["cpu"])) / 1024, Decimal(str(sizes["memory"])) / 1024
    return f"{plain(cpu)} vCPU and {plain(memory)} GB"


def ecs_service(item: Item) -> Charge:
    """Its tasks, by the CPU and memory of their definition, and the public address of each."""
    if item.values.get("launch_type") == "EC2":
        return Charge(counted="its tasks run on instances that are priced apart")
    count = item.number("desired_count", 0)
    sizes = next(iter(item.near("task_definition")), item.values)
    if not (sizes.get("cpu") and sizes.get("memory")):
        raise Unpriced("the CPU and memory of its task definition are not known yet")
    network = (item.values.get("network_configuration") or [{}])[0]
    hourly, counted = _fargate(item, sizes), f"{plain(count)} × Fargate {_sized(sizes)}"
    if network.get("assign_public_ip") is True:
        hourly += item.rate("public_ipv4_hour")
        counted += " and a public address"
    return Charge(count * hourly, counted)


def ecs_task(item: Item) -> Charge:
    """One running task."""
    if not (item.values.get("cpu") and item.values.get("memory")):
        raise Unpriced("its CPU and memory were not shown")
    return Charge(_fargate(item, item.values), f"Fargate {_sized(item.values)}")


def load_balancer(item: Item) -> Charge:
    """Its hours, and a public address a zone when it faces the internet."""
    kind = "nlb" if item.values.get("load_balancer_type") == "network" else "alb"
    use = f"${item.rate(f'{kind}_lcu_hour')} per capacity unit and hour"
    hourly, counted = item.rate(f"{kind}_hour"), kind.upper()
    if not item.values.get("internal"):
        zones = item.count(2, "subnets", "availability_zones")
        hourly += zones * item.rate("public_ipv4_hour")
        counted += f" and {zones} public addresses"
    return Charge(hourly, counted, use)


def vpc_endpoint(item: Item) -> Charge:
    """Gateways are free; interfaces cost in each zone."""
    if str(item.values.get("vpc_endpoint_type") or "Gateway").lower() == "gateway":
        return Charge(counted="a gateway endpoint is free")
    zones = item.count(1, "subnet_ids")
    return Charge(
        zones * item.rate("endpoint_hour"),
        f"{zones} × zone",
        f"${item.rate('endpoint_gb')} per GB through it",
    )


def database(item: Item) -> Charge:
    """Its class and storage, twice over two zones."""
    engine = str(item.values.get("engine") or "postgres")
    if engine not in ("postgres", "mysql", "mariadb"):
        raise Unpriced(f"the price table has no {engine}")
    kind = str(item.values.get("instance_class") or "").removeprefix("db.")
    copies = 2 if item.values.get("multi_az") is True else 1
    storage = item.values.get("storage_type") or "gp2"
    size = item.number("allocated_storage", 20)
    hourly = item.rate("rds", kind) + month(size * item.rate(f"rds_{storage}_gb_month"))
    counted = f"db.{kind} and {plain(size)} GB {storage}" + (", in two zones" if copies == 2 else "")
    secret = item.rate("secret_month") if item.values.get("manage_master_user_password") is True else 0
    return Charge(
        copies * hourly + month(Decimal(secret)),
        counted + (", and its secret" if secret else ""),
        _backups(item),
    )


def _backups(item: Item) -> str:
    return f"${item.rate('rds_snapshot_gb_month')} per GB and month of backups beyond its size"


def cache(item: Item) -> Charge:
    """Its nodes."""
    kind = str(item.values.get("node_type") or "").removeprefix("cache.")
    groups = item.number("num_node_groups", 1) * (1 + item.number("replicas_per_node_group", 0))
    nodes = max(item.number("num_cache_clusters", 0), item.number("num_cache_nodes", 0), groups)
    return Charge(nodes * item.rate("cache", kind), f"{plain(nodes)} × cache.{kind}")


def instance(item: Item) -> Charge:
    """A machine; its disks are apart."""
    kind = str(item.values.get("instance_type") or "")
    if item.values.get("instance_state") in ("stopped", "stopping"):
        return Charge(counted="stopped: only its disks cost")
    return Charge(item.rate("ec2", kind), kind, "its disks, and a public address if it has one")


def volume(item: Item) -> Charge:
    """A disk."""
    kind = str(item.values.get("type") or "gp2")
    size = item.number("size", 8)
    return Charge(month(size * item.rate(f"ebs_{kind}_gb_month")), f"{plain(size)} GB {kind}")


def alarm(item: Item) -> Charge:
    """Each metric that it looks at."""
    queries = item.values.get("metric_query") or ()
    metrics = max(sum(1 for one in queries if one.get("metric")), 1)
    fast = int(item.number("period", 60)) < 60
    rate = item.rate("alarm_high_resolution_month" if fast else "alarm_month")
    return Charge(month(metrics * rate), f"{metrics} metric{'s' if metrics > 1 else ''}")


def table(item: Item) -> Charge:
    """Provisioned capacity; on demand only use costs."""
    use = f"${item.rate('dynamodb_gb_month')} per GB and month, and each request"
    if item.values.get("billing_mode") == "PAY_PER_REQUEST":
        return Charge(use=use)
    reads, writes = item.number("read_capacity", 0), item.number("write_capacity", 0)
    hourly = reads * item.rate("dynamodb_rcu_hour") + writes * item.rate("dynamodb_wcu_hour")
    return Charge(hourly, f"{plain(reads)} read and {plain(writes)} write units", use)


def secret(item: Item) -> Charge:
    """A secret; one that waits for its deletion costs nothing."""
    if item.values.get("deleted"):
        return Charge(counted="scheduled for deletion: free")
    return Charge(month(item.rate("secret_month")), "one secret", "$0.05 per 10,000 calls")


def key(item: Item) -> Charge:
    """A key of one's own; one that waits for its deletion costs nothing."""
    if item.values.get("key_state") == "PendingDeletion":
        return Charge(counted="scheduled for deletion: free")
    return Charge(month(item.rate("kms_key_month")), "one key", "$0.03 per 10,000 calls")


def automated_backup(item: Item) -> Charge:
    """Free up to the size of the database while that exists; a retained one is billed as backup storage."""
    if item.values.get("status") == "retained":
        return stored("rds_snapshot_gb_month", "allocated_storage")(item)
    return Charge(counted="in the price of its database")


def snapshot(item: Item) -> Charge:
    """A manual snapshot, at most the size of its database; automated ones belong to it."""
    if item.values.get("snapshot_type") == "automated":
        return Charge(counted="in the price of its database")
    return stored("rds_snapshot_gb_month", "allocated_storage")(item)


def parameter(item: Item) -> Charge:
    """Standard ones are free."""
    if item.values.get("tier") == "Advanced":
        return Charge(month(item.rate("parameter_advanced_month")), "advanced")
    return Charge(counted="standard: free")


def log_group(item: Item) -> Charge:
    """What it keeps; what is written into it is use."""
    kept = stored("log_stored_gb_month", "stored_gb")(item)
    return Charge(kept.hourly, kept.counted, f"${item.rate('log_gb')} per GB written, {kept.use} kept")


def streams(item: Item) -> Charge:
    """Its shards."""
    shards = item.number("shard_count", 1)
    return Charge(shards * item.rate("kinesis_shard_hour"), f"{plain(shards)} shards", "each record put")


RULES: dict[str, Rule] = {
    "aws_appautoscaling_target": lambda item: Charge(
        counted=f"it may raise what it scales to {plain(item.number('max_capacity', 0))}"
    ),
    "aws_backup_vault": by_use("${} per GB and month of database copies", "rds_snapshot_gb_month"),
    "aws_cloudwatch_composite_alarm": by_month("composite_alarm_month", "one alarm"),
    "aws_cloudwatch_dashboard": by_month("dashboard_month", "one dashboard"),
    "aws_cloudwatch_event_bus": by_use("${} per million events", "event_bus_million"),
    "aws_cloudwatch_log_group": log_group,
    "aws_cloudwatch_log_metric_filter": by_use("${} per month for its metric", "custom_metric_month"),
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_db_instance": database,
    "aws_db_instance_automated_backup": automated_backup,
    "aws_db_snapshot": snapshot,
    "aws_dynamodb_table": table,
    "aws_ebs_snapshot": stored("ebs_snapshot_gb_month", "volume_size"),
    "aws_ebs_volume": volume,
    "aws_ecr_repository": stored("ecr_gb_month", "stored_gb"),
    "aws_ecs_cluster": by_use("Container Insights, if it is on: its metrics and logs"),
    "aws_ecs_service": ecs_service,
    "aws_efs_file_system": stored("efs_gb_month", "stored_gb"),
    "aws_eip": by_hour("public_ipv4_hour", "one public address"),
    "aws_eks_cluster": by_hour("eks_cluster_hour", "one cluster"),
    "aws_elasticache_cluster": cache,
    "aws_elasticache_replication_group": cache,
    "aws_elb": by_hour("classic_lb_hour", "classic load balancer"),
    "aws_instance": instance,
    "aws_kinesis_stream": streams,
    "aws_kms_key": key,
    "aws_lambda_function": by_use("${} per million calls, and the time they take", "lambda_million"),
    "aws_lb": load_balancer,
    "aws_nat_gateway": by_hour("nat_hour", "one gateway", "${} per GB through it", "nat_gb"),
    "aws_route53_health_check": by_month("health_check_month", "one health check"),
    "aws_route53_zone": by_month("zone_month", "one zone", "its queries"),
    "aws_s3_bucket": stored("s3_gb_month", "stored_gb"),
    "aws_secretsmanager_secret": secret,
    "aws_sfn_state_machine": by_use("${} per 1,000 transitions", "state_transitions_1000"),
    "aws_sns_topic": by_use("${} per million notices, and each delivery", "sns_million"),
    "aws_sqs_queue": by_use("${} per million requests", "sqs_million"),
    "aws_ssm_parameter": parameter,
    "aws_vpc_endpoint": vpc_endpoint,
    "ecr_image": stored("ecr_gb_month", "stored_gb"),
    "ecs_task": ecs_task,
}
