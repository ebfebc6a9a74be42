#!/usr/bin/env bash
set -euo pipefail
REGION=ap-southeast-2

aws elbv2 create-target-group --region "$REGION" --name invoices --protocol HTTP --port 8080 --target-type ip \
  --vpc-id "$VPC_ID" --health-check-path /actuator/health
aws sqs create-queue --region "$REGION" --queue-name invoices
aws logs create-log-group --region "$REGION" --log-group-name /ecs/invoices
