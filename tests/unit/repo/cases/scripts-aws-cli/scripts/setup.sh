#!/usr/bin/env bash
set -euo pipefail
export AWS_REGION="${AWS_REGION:-eu-north-1}"
PREFIX=shop
DB_PASSWORD=planted-by-hand

# aws sqs create-queue --queue-name commented-out
aws s3 mb "s3://$PREFIX-uploads"
aws sqs create-queue --queue-name $PREFIX-mail-dead
aws sqs create-queue \
  --queue-name "$PREFIX-mail" \
  --attributes VisibilityTimeout=45,MessageRetentionPeriod=86400
aws sqs create-queue --queue-name "$STAGE-reports" --attributes '{"VisibilityTimeout": "90"}'
aws logs create-log-group --log-group-name /shop/api
aws logs put-retention-policy --log-group-name /shop/api --retention-in-days 14
aws rds create-db-instance --db-instance-identifier shop --engine postgres --no-multi-az \
  --publicly-accessible --backup-retention-period 0 --master-user-password "$DB_PASSWORD"
aws cloudwatch put-metric-alarm --alarm-name shop-mail-old --namespace AWS/SQS \
  --metric-name ApproximateAgeOfOldestMessage --dimensions Name=QueueName,Value=shop-mail \
  --threshold 300 --alarm-actions "$TOPIC" && echo done
aws ec2 authorize-security-group-ingress --group-id "$GROUP" --protocol tcp --port 22 --cidr 0.0.0.0/0
aws ecr create-repository --repository-name shop --image-scanning-configuration scanOnPush=true
aws sqs create-queue --queue-name 'never closed
