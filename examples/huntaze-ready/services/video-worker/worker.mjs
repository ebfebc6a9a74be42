import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { utimesSync, writeFileSync } from 'node:fs';
import { transcode } from './transcode.mjs';

const sqs = new SQSClient({});
const QueueUrl = process.env.SQS_QUEUE_URL;
const timeout = Number(process.env.PROCESSING_TIMEOUT_SECONDS ?? 900);

writeFileSync('/tmp/heartbeat', '');

for (;;) {
  utimesSync('/tmp/heartbeat', new Date(), new Date());
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }),
  );
  for (const message of Messages) {
    await transcode(JSON.parse(message.Body), process.env.S3_BUCKET, timeout);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }
}
