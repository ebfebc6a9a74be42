"""Kinds of facts that only files have."""

from __future__ import annotations

#: Kinds that exist only as files: a repository that was read shows every one, but for what a gap may hide. Endpoints
#: are none of them (a framework may be unknown), nor are documents (a drill may be recorded elsewhere).
IN_FILES_ALONE = (
    *("dockerfile", "compose_service", "container_health_check", "dependencies", "github_workflow"),
    *("claim", "mention", "slo", "prometheus_rule", "in_memory_stand_in", "implied_store"),
    *("terraform_root", "terraform_state", "cloudformation_template", "cloudformation_output"),
    *("kubernetes_cron_job_v1", "vercel_cron", "lambda_edge_handler"),
)
