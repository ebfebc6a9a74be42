"""An estate: what the files of an example declare, made with boto3 on an embedded AWS.

Terraform would take minutes, nearly all of them its own waiting; this takes seconds, and one description (the facts
that discovery finds) serves every example and dialect. What no file declares (users, jobs, granted requests, confirmed
subscriptions) is in :mod:`tests.support.estate.account`.
"""

from tests.support.estate.account import Circumstances, finish
from tests.support.estate.builder import Estate, declare
from tests.support.estate.deploy import Deployed, deploy

__all__ = ["Circumstances", "Deployed", "Estate", "declare", "deploy", "finish"]
