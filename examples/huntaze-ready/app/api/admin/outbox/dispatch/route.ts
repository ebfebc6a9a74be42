import { NextResponse } from 'next/server';
import { dispatchOutbox } from '@/lib/outbox';

export async function POST(request: Request) {
  const secret = process.env.OUTBOX_CRON_SECRET;
  if (!secret || request.headers.get('authorization') !== `Bearer ${secret}`) {
    return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  }
  return NextResponse.json({ dispatched: await dispatchOutbox() });
}
