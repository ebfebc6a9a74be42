import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';

const cloudwatch = new CloudWatchClient({ region: 'us-east-1' });

const ALARMS = [
  {
    AlarmName: 'huntaze-lambda-edge-errors',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: 'huntaze-security-headers' }],
    Threshold: 5,
    AlarmActions: [] as string[],
  },
  {
    AlarmName: 'huntaze-lambda-edge-image-errors',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: 'huntaze-image-optimizer' }],
    Threshold: 5,
    AlarmActions: [process.env.ALERTS_TOPIC_ARN ?? ''],
  },
  {
    AlarmName: 'huntaze-lambda-edge-throttles',
    Namespace: 'AWS/Lambda',
    MetricName: 'Throttles',
    Dimensions: [{ Name: 'FunctionName', Value: 'huntaze-security-headers' }],
    Threshold: 1,
    AlarmActions: [process.env.ALERTS_TOPIC_ARN ?? ''],
  },
];

async function main() {
  for (const alarm of ALARMS) {
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  }
}

main();
