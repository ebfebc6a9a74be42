import { Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export class NotesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const dlq = new sqs.Queue(this, 'NotesDlq', {
      queueName: 'notes-dlq',
      retentionPeriod: Duration.days(14),
    });

    const queue = new sqs.Queue(this, 'NotesQueue', {
      queueName: 'notes',
      visibilityTimeout: Duration.seconds(180),
      deadLetterQueue: { queue: dlq, maxReceiveCount: 5 },
    });

    const bucket = new s3.Bucket(this, 'NotesBucket', { versioned: true });

    const indexer = new lambda.Function(this, 'Indexer', {
      runtime: lambda.Runtime.NODEJS_20_X,
      handler: 'indexer.handler',
      code: lambda.Code.fromAsset('lambda'),
      timeout: Duration.seconds(30),
      environment: { BUCKET: bucket.bucketName },
    });
    indexer.addEventSource(new SqsEventSource(queue));
    bucket.grantReadWrite(indexer);

    new cloudwatch.Alarm(this, 'NotesDlqAlarm', {
      alarmName: 'notes-dlq-not-empty',
      metric: dlq.metricApproximateNumberOfMessagesVisible(),
      threshold: 1,
      evaluationPeriods: 1,
    });
  }
}
