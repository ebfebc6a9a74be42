"""Print the exports that point the AWS CLI, SDKs and Terraform at the embedded AWS."""

from __future__ import annotations

import json
import shlex

import click

from launchbook.errors import LocalAwsError
from launchbook.local import instance


@click.command()
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option("--region", default="us-east-1", show_default=True, help="The region to work in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(port: int | None, region: str, as_json: bool) -> None:
    """Print shell exports: eval "$(launchbook local env)"."""
    try:
        variables = variables_of(instance.find(port), region)
    except LocalAwsError:
        if not as_json:
            click.echo("false")  # so that the eval fails too: the shell does not look at our exit code
        raise
    if as_json:
        click.echo(json.dumps(variables, indent=2))
        return
    # An empty profile is an error to botocore, and a full one could name another endpoint.
    click.echo("unset AWS_PROFILE")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def variables_of(one: instance.Instance, region: str) -> dict[str, str]:
    """The variables that SDKs, the AWS CLI and Terraform's AWS provider read; the credentials are dummies."""
    return {
        "AWS_ENDPOINT_URL": one.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # No container or instance to ask for credentials here.
        "AWS_EC2_METADATA_DISABLED": "true",
        # A missing operation is final: nothing is gained by asking again.
        "AWS_MAX_ATTEMPTS": "3",
    }
