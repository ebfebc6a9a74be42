import { NextResponse } from 'next/server';
import { expireOffers } from '@/lib/offers';

export async function POST(request: Request) {
  const secret = process.env.CRON_SECRET;
  if (!secret || request.headers.get('x-cron-secret') !== secret) {
    return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  }
  return NextResponse.json({ count: await expireOffers(new Date()) });
}
