#!/usr/bin/env bash
# Usage: deploy-cloudfront.sh ENVIRONMENT HOSTED_ZONE_ID SECURITY_HEADERS_VERSION_ARN
set -euo pipefail

ENVIRONMENT="${1:-production}"
REGION="us-east-1"

aws cloudformation deploy --region "$REGION" \
  --stack-name "huntaze-assets-$ENVIRONMENT" \
  --template-file infra/aws/s3-bucket-stack.yaml \
  --parameter-overrides "Environment=$ENVIRONMENT"

aws cloudformation deploy --region "$REGION" \
  --stack-name "huntaze-cloudfront-$ENVIRONMENT" \
  --template-file infra/aws/cloudfront-distribution-stack.yaml \
  --parameter-overrides "Environment=$ENVIRONMENT" "HostedZoneId=$2" "SecurityHeadersFunctionArn=$3"
