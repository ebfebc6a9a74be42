"""Terraform that means harm or is merely broken: no crash, no hang, no silence, nothing read outside the root."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchbook.model import Fact, NotKnown, Ref, Unread
from launchbook.repo import Discovery, discover

QUEUE = 'resource "aws_sqs_queue" "jobs" { name = "jobs" }\n'


@pytest.fixture(autouse=True)
def within_time_and_memory() -> Iterator[None]:
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KiB


def read(root: Path, **files: str) -> Discovery:
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return discover(root)


def one(found: Discovery, kind: str) -> Fact:
    (fact,) = (fact for fact in found.facts.all if fact.type == kind)
    return fact


def gaps(found: Discovery) -> list[str]:
    return [gap.what for gap in found.facts.gaps]


def test_a_module_that_sources_itself_ends(tmp_path: Path) -> None:
    found = read(tmp_path, main=QUEUE + 'module "me" { source = "./" }')
    assert [fact.name for fact in found.facts.seen("aws_sqs_queue")] == ["jobs"]
    assert gaps(found) == ["this module calls itself, directly or in a ring"]


def test_modules_in_a_ring_end_and_their_resources_are_still_found(tmp_path: Path) -> None:
    found = read(
        tmp_path, a__main=QUEUE + 'module "b" { source = "../b" }', b__main='module "a" { source = "../a" }'
    )
    assert found.facts.seen("aws_sqs_queue")
    assert "this module calls itself, directly or in a ring" in gaps(found)


def test_modules_that_multiply_run_into_the_budget(tmp_path: Path) -> None:
    call = "".join(f'module "m{i}" {{\n source = "../NEXT"\n}}\n' for i in range(30))
    files = {f"m{level}__main": call.replace("NEXT", f"m{level + 1}") for level in range(6)}
    found = read(tmp_path, **files, m6__main=QUEUE)
    assert "the configuration is too large to evaluate whole" in gaps(found)


def test_a_fifo_called_tf_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    assert len(read(tmp_path, main=QUEUE).facts.seen("aws_sqs_queue")) == 1


def test_ten_million_copies_stay_one_fact(tmp_path: Path) -> None:
    found = read(
        tmp_path, main='resource "aws_sqs_queue" "jobs" {\n count = 10000000\n name = "q${count.index}"\n}'
    )
    queue = one(found, "aws_sqs_queue")
    with pytest.raises(NotKnown, match="10000000 copies"):
        queue.get("name")


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 100_000 + "1" + ")" * 100_000,
        "[" * 200_000,
        "-" * 200_000 + "1",
        '"' + "${" * 80_000 + '"',
        "1" + "+1" * 60_000,
        '"' + "a" * 250_000 + '"',
        "!" * 90_000 + "true",
    ],
    ids=["parentheses", "brackets", "minus", "interpolations", "sum", "one string", "not"],
)
def test_deep_or_long_expressions_neither_kill_nor_hide_the_next_resource(
    tmp_path: Path, expression: str
) -> None:
    found = read(tmp_path, bad=f"locals {{\n x = {expression}\n}}\n", main=QUEUE)
    assert [fact.name for fact in found.facts.seen("aws_sqs_queue")] == ["jobs"]


@pytest.mark.parametrize(
    "expression",
    [
        'join(",", [for i in range(10000) : join(",", [for j in range(10000) : "x"])])',
        "range(100000000)",
        "pow(9, pow(9, 9))",
        'format("%0999999999d", 1)',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaa", "/(a+)+$/", "b")',
        "flatten([for i in range(9999) : range(9999)])",
    ],
)
def test_giant_values_are_unread(tmp_path: Path, expression: str) -> None:
    found = read(
        tmp_path,
        main=f'resource "aws_sqs_queue" "jobs" {{\n name = "{{x}}"\n tags = {{ a = {expression} }}\n}}',
    )
    tags = one(found, "aws_sqs_queue").attributes["tags"]
    assert isinstance(tags, dict)
    assert isinstance(tags["a"], Unread)


def test_a_file_over_the_limit_is_a_gap_that_may_hide_anything(tmp_path: Path) -> None:
    found = read(tmp_path, big='x = "' + "a" * 10_000_000 + '"')
    (gap,) = (gap for gap in found.facts.gaps if gap.hides)
    assert "more than Terraform reads" in gap.what
    assert gap.hides == ("*",)


def test_a_module_outside_the_root_is_a_gap_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/main.tf").write_text(QUEUE)
    found = read(tmp_path / "root", main='module "x" { source = "../outside" }')
    assert not found.facts.seen("aws_sqs_queue")
    assert gaps(found) == ["the module folder ../outside lies outside the repository"]


@pytest.mark.parametrize(
    "expression",
    [
        'file("../outside.txt")',
        'file("/etc/hostname")',
        'fileset("/etc", "*")',
        'templatefile("../outside.txt", {})',
    ],
)
def test_file_functions_read_nothing_outside(tmp_path: Path, expression: str) -> None:
    (tmp_path / "outside.txt").write_text("outside-content")
    found = read(tmp_path / "root", main=f'resource "aws_sqs_queue" "jobs" {{ name = {expression} }}')
    assert isinstance(one(found, "aws_sqs_queue").attributes["name"], Unread)
    assert "outside-content" not in repr(found)


def test_a_link_that_leads_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.tf").write_text(QUEUE)
    (tmp_path / "root").mkdir()
    (tmp_path / "root/main.tf").symlink_to(tmp_path / "outside.tf")
    found = discover(tmp_path / "root")
    assert not found.facts.seen("aws_sqs_queue")
    assert gaps(found) == ["a link that leads out of the root is not followed"]


def test_an_invalid_file_is_a_gap_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, main=QUEUE, broken='resource "aws_sns_topic" "x" {\n  name = = 3\n}\n}}}\n')
    assert found.facts.seen("aws_sqs_queue")
    assert {(gap.where.file, gap.where.line) for gap in found.facts.gaps} >= {("broken.tf", 2)}


def test_a_binary_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes(b"\x00\x01" * 50)
    found = read(tmp_path, main=QUEUE)
    assert found.facts.seen("aws_sqs_queue")
    assert [str(gap.where) for gap in found.facts.gaps] == ["a.tf"]


def test_an_attribute_that_does_not_parse_raises_when_touched(tmp_path: Path) -> None:
    found = read(
        tmp_path, main='resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n  delay_seconds = = 3\n}\n'
    )
    queue = one(found, "aws_sqs_queue")
    assert queue.get("name") == "jobs"
    with pytest.raises(NotKnown):
        queue.get("delay_seconds")
    assert [gap.hides for gap in found.facts.gaps] == [("aws_sqs_queue",)]


def test_an_unknown_for_each_keeps_the_resource(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        main='variable "q" {}\nresource "aws_sqs_queue" "jobs" {\n for_each = var.q\n name = each.key\n}',
    )
    queue = one(found, "aws_sqs_queue")
    assert queue.created is None
    assert queue.condition == 'for_each depends on var.q: variable "q" has no default'


def test_an_unknown_dynamic_block_is_unread_and_not_dropped(tmp_path: Path) -> None:
    text = """
    variable "rules" {}
    resource "aws_security_group" "web" {
      name = "web"
      ingress { from_port = 443 }
      dynamic "ingress" {
        for_each = var.rules
        content { from_port = ingress.value }
      }
    }
    """
    group = one(read(tmp_path, main=text), "aws_security_group")
    assert group.get("ingress.0.from_port") == 443
    with pytest.raises(NotKnown, match="dynamic"):
        group.get("ingress.1")


def test_count_on_an_unknown_says_so(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        main='variable "on" {}\nresource "aws_sqs_queue" "jobs" {\n count = var.on ? 1 : 0\n name = "jobs"\n}',
    )
    queue = one(found, "aws_sqs_queue")
    assert (queue.created, queue.get("name")) == (None, "jobs")
    assert queue.condition.startswith("count depends on var.on")


def test_count_zero_is_shown_but_not_seen(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        main='variable "on" { default = false }\nresource "aws_sqs_queue" "jobs" {\n count = var.on ? 1 : 0\n}',
    )
    assert found.facts.seen("aws_sqs_queue") == []
    assert one(found, "aws_sqs_queue").condition == "count depends on var.on (now 0)"


def test_what_a_data_source_gives_is_unread_with_the_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path, main='data "aws_vpc" "x" {}\nresource "aws_sqs_queue" "jobs" { name = data.aws_vpc.x.id }'
    )
    with pytest.raises(NotKnown, match="only the account knows"):
        one(found, "aws_sqs_queue").get("name")


def test_terraform_tfvars_is_loaded_by_itself_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('name = "from-file"')
    found = read(
        tmp_path,
        main='variable "name" { default = "x" }\nresource "aws_sqs_queue" "jobs" { name = var.name }',
    )
    assert one(found, "aws_sqs_queue").name == "from-file"


def test_an_environment_that_differs_is_unread_until_it_is_chosen(tmp_path: Path) -> None:
    for name in ("production", "staging"):
        (tmp_path / f"{name}.tfvars").write_text(f'name = "jobs-{name}"')
    text = 'variable "name" {}\nresource "aws_sqs_queue" "jobs" { name = var.name }'
    queue = one(read(tmp_path, main=text), "aws_sqs_queue")
    with pytest.raises(NotKnown, match="differs by environment"):
        queue.get("name")
    assert one(discover(tmp_path, "prod"), "aws_sqs_queue").name == "jobs-production"


def test_ids_are_the_same_in_every_run(tmp_path: Path) -> None:
    text = QUEUE + 'resource "aws_sns_topic" "t" {\n for_each = toset(["a", "b"])\n name = each.key\n}'
    first = [fact.id for fact in read(tmp_path, main=text).facts]
    assert first == [fact.id for fact in discover(tmp_path).facts]
    assert 'main.tf#aws_sns_topic.t["a"]' in first


def test_a_reference_survives_where_its_value_is_unknown(tmp_path: Path) -> None:
    text = (
        QUEUE
        + 'resource "aws_sqs_queue" "other" {\n name = "o"\n tags = { u = "https://${aws_sqs_queue.jobs.url}/x" }\n}'
    )
    found = read(tmp_path, main=text)
    (relation,) = found.facts.relations
    assert (relation.source, relation.target) == ("main.tf#aws_sqs_queue.other", "main.tf#aws_sqs_queue.jobs")


def test_a_policy_in_a_heredoc_keeps_its_structure(tmp_path: Path) -> None:
    text = QUEUE + (
        'resource "aws_sqs_queue_policy" "p" {\n  queue_url = aws_sqs_queue.jobs.id\n  policy = <<-EOF\n'
        '  {"Statement": [{"Effect": "Allow", "Resource": "${aws_sqs_queue.jobs.arn}"}]}\n  EOF\n}\n'
    )
    policy = one(read(tmp_path, main=text), "aws_sqs_queue_policy")
    assert policy.get("policy") == {
        "Statement": [{"Effect": "Allow", "Resource": Ref("main.tf#aws_sqs_queue.jobs", "arn")}]
    }


def test_terminal_escapes_in_names_are_shown_as_text(tmp_path: Path) -> None:
    found = read(tmp_path, main='resource "aws_sqs_queue" "jobs" { name = "a\x1b[31mb\\nc" }')
    assert one(found, "aws_sqs_queue").name == "a\\x1b[31mb\\nc"
