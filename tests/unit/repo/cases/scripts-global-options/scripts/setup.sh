#!/usr/bin/env bash
PLACE=eu-west-3
aws --region "$PLACE" sqs create-queue --queue-name shop-orders
aws --profile shop --no-cli-pager s3 mb s3://shop-archive
aws --output=json sns create-topic --name shop-alerts
aws $OPTIONS sqs create-queue --queue-name shop-returns
aws "${MORE[@]}" --query QueueUrl \
  sqs create-queue --queue-name shop-refunds
aws --version
aws opensearch create-domain --domain-name shop-search
aws --region us-east-1 route53 create-health-check --caller-reference shop
aws amplify create-app --name shop
aws amplify create-app --name shop-admin
aws s3api put-bucket-policy --bucket shop-archive --policy file://policy.json
aws s3api put-object --bucket shop-archive --key a --body a
aws dynamodb put-item --table-name shop --item file://item.json
aws cloudfront create-invalidation --distribution-id ABC --paths '/*'
