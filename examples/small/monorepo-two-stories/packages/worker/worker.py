"""Takes one job at a time; a report may take 90 seconds."""

import json
import os
import time

import boto3

QUEUE_NAME = "reports-jobs"
JOB_TIMEOUT_SECONDS = 90

sqs = boto3.client("sqs", region_name=os.environ.get("AWS_REGION", "us-east-1"))


def main() -> None:
    url = sqs.get_queue_url(QueueName=QUEUE_NAME)["QueueUrl"]
    while True:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
            started = time.monotonic()
            print(json.dumps({"job": json.loads(message["Body"]), "limit": JOB_TIMEOUT_SECONDS}))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            print(json.dumps({"seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
