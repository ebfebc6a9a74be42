import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({ region: process.env.AWS_REGION });
const QueueUrl = process.env.OF_QUEUE_URL;

/** Sends one message to the queue `huntaze-of-messages`. */
export async function sendToQueue(body: unknown): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
}

/** Handles up to ten messages; one that fails stays for the queue's redrive. */
export async function drain(handle: (body: unknown) => Promise<void>): Promise<void> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
  );
  for (const message of Messages) {
    await handle(JSON.parse(message.Body ?? 'null'));
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }
}
