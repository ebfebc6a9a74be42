"""Which environments a repository has, and which file says so."""

from __future__ import annotations

from pathlib import Path

from launchbook.repo import discover
from launchbook.repo.picture import environments

CASES = Path(__file__).parent / "cases"
MODULE = """variable "name" {}
resource "aws_lambda_function" "it" {
  function_name = var.name
  environment {
    variables = { BUCKET = "b" }
  }
}
"""


def test_a_unit_names_its_environment_and_not_the_module() -> None:
    named = environments(discover(CASES / "terragrunt-shared").facts)

    assert {place.split(": ")[0] for place in named["production"]} == {"prod/app/terragrunt.hcl"}


def test_a_name_that_is_passed_to_a_module_is_told_where_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "main.tf").write_text(MODULE)
    (tmp_path / "main.tf").write_text('module "it" {\n  source = "./it"\n  name = "shop-prod"\n}\n')

    assert environments(discover(tmp_path).facts) == {"production": ["main.tf: settings"]}
