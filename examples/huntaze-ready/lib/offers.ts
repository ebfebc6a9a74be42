import { database } from '@/lib/database';

export async function expireOffers(now: Date): Promise<number> {
  const result = await database().query("update offers set state = 'expired' where ends_at < $1 and state = 'active'", [now]);
  return result.rowCount ?? 0;
}

export async function activateOffers(now: Date): Promise<number> {
  const result = await database().query("update offers set state = 'active' where starts_at <= $1 and state = 'draft'", [now]);
  return result.rowCount ?? 0;
}
