import { NextResponse } from 'next/server';
import { database } from '@/lib/database';
import { redis } from '@/lib/redis';

export async function GET() {
  const [db, cache] = await Promise.allSettled([database().query('select 1'), redis().ping()]);
  const ok = db.status === 'fulfilled' && cache.status === 'fulfilled';
  return NextResponse.json({ database: db.status, redis: cache.status }, { status: ok ? 200 : 503 });
}
