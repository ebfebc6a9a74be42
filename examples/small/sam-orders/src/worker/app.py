"""The worker: confirms each order of a batch."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    for record in event.get("Records", []):
        table.update_item(
            Key={"id": json.loads(record["body"])["id"]},
            UpdateExpression="set #s = :s",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":s": os.environ.get("FINAL_STATE", "confirmed")},
        )
