import { NextResponse } from 'next/server';
import { missingSettings } from '@/lib/settings';

export const dynamic = 'force-dynamic';

/** Liveness for the load balancer: 200 when the critical settings are there, else 503. */
export async function GET() {
  const missing = missingSettings(['DATABASE_URL', 'NEXTAUTH_SECRET', 'NEXTAUTH_URL']);
  if (missing.length > 0) {
    return NextResponse.json({ status: 'unhealthy', missing }, { status: 503 });
  }
  return NextResponse.json({ status: 'ok' }, { status: 200 });
}
