import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({ region: process.env.AWS_REGION ?? 'us-east-1' });

/** Sends one message to the queue `huntaze-of-messages`; no template creates it. */
export async function sendToQueue(body: unknown): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.OF_QUEUE_URL ?? 'https://sqs.us-east-1.amazonaws.com/123456789012/huntaze-of-messages',
      MessageBody: JSON.stringify(body),
    }),
  );
}
