import { database } from '@/lib/database';
import { enqueue } from '@/src/lib/queue/of-queue';

export async function dispatchOutbox(): Promise<number> {
  const { rows } = await database().query('delete from outbox where id in (select id from outbox limit 100) returning payload');
  for (const { payload } of rows) await enqueue(payload);
  return rows.length;
}
