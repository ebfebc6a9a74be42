#!/usr/bin/env bash
set -euo pipefail

ENVIRONMENT="${1:-production}"
REGION="us-east-1"

aws cloudformation deploy --region "$REGION" \
  --stack-name "huntaze-assets-$ENVIRONMENT" \
  --template-file infra/aws/s3-bucket-stack.yaml \
  --parameter-overrides "Environment=$ENVIRONMENT"

# No AlarmTopicArn: the alarms of the distribution have nobody to tell.
aws cloudformation deploy --region "$REGION" \
  --stack-name "huntaze-cloudfront-$ENVIRONMENT" \
  --template-file infra/aws/cloudfront-distribution-stack.yaml \
  --parameter-overrides "Environment=$ENVIRONMENT"

aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION_ID" --paths '/*'
