"""The API: takes an order, stores it, tells the worker."""

import json
import os
import uuid

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
sqs = boto3.client("sqs")


def handler(event, context):
    route = event["routeKey"]
    if route == "POST /orders":
        order = {"id": str(uuid.uuid4()), "state": "new", **json.loads(event["body"])}
        table.put_item(Item=order)
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps({"id": order["id"]}))
        return {"statusCode": 201, "body": json.dumps(order)}
    if route == "GET /orders/{id}":
        found = table.get_item(Key={"id": event["pathParameters"]["id"]}).get("Item")
        return {"statusCode": 200 if found else 404, "body": json.dumps(found)}
    return {"statusCode": 200, "body": json.dumps({"status": "UP"})}
