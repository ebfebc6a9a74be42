export const QUEUE_NAME = 'huntaze-of-messages';

// Stands in for the queue of that name: what waits here is gone when the process ends.
const waiting: unknown[] = [];

export async function enqueue(body: unknown): Promise<void> {
  waiting.push(body);
}

export async function dequeue(): Promise<unknown | undefined> {
  return waiting.shift();
}

export function depth(): number {
  return waiting.length;
}
