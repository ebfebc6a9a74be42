"""A Terraform plan's values as facts of level ``plan``: what will be, evaluated by Terraform itself.

``read_plan`` reads the output of ``terraform show -json``. ``with_plan`` puts it in the place of what the files of the
same root module say, so that a fact keeps its line and gains its value.
"""

from launchbook.repo.plan.merge import with_plan
from launchbook.repo.plan.read import read_plan

__all__ = ["read_plan", "with_plan"]
