"""What a cluster's controllers make, as the report tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.model.tiers import tier_of
from launchbook.repo import discover
from launchbook.repo.as_text import as_text
from launchbook.repo.code.endpoints import kind_of

CASES = Path(__file__).parent / "cases"


def test_regions_are_told_of_images_queues_and_stores_of_secrets() -> None:
    text = as_text(discover(CASES / "kubernetes-controllers"))

    of = "(by what a manifest uses)"
    assert f"regions: eu-central-1 {of}, eu-north-1 {of}, eu-west-1 {of} (more than one)" in text
    assert "sends requests to ghost (not in these files)" in text
    assert "requests to redirect" not in text


def test_a_rollout_computes_and_a_queue_is_asynchronous() -> None:
    assert tier_of("kubernetes_rollout") == "compute"
    assert tier_of("kubernetes_queue") == tier_of("kubernetes_scaled_object") == "async"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/status", "diagnostic"),
        ("/api/status", "diagnostic"),
        ("/status/{id}", "other"),
        ("/orders/:id/status", "other"),
        ("/debug/pprof/{profile}", "diagnostic"),
        ("/stats", "metrics"),
        ("/admin/stats", "other"),
        ("/actuator/prometheus", "metrics"),
        ("/metrics", "metrics"),
        ("/metrics/{campaign}", "other"),
    ],
)
def test_one_word_of_a_path_about_one_thing_tells_no_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind
