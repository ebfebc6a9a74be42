import { sendToQueue } from './of-sqs';

export const QUEUE_NAME = 'huntaze-of-messages';

export async function enqueue(body: unknown): Promise<void> {
  await sendToQueue(body);
}
