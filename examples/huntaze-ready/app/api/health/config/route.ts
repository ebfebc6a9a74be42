import { NextResponse } from 'next/server';
import { missingSettings } from '@/lib/settings';

const handler = async () => {
  const missing = missingSettings(['DATABASE_URL', 'REDIS_HOST', 'NEXTAUTH_SECRET', 'NEXTAUTH_URL', 'CRON_SECRET']);
  return NextResponse.json({ missing }, { status: missing.length ? 503 : 200 });
};

export const GET = handler;
