import { NextResponse } from 'next/server';

const NAMES = ['DATABASE_URL', 'REDIS_HOST', 'NEXTAUTH_SECRET', 'SES_FROM_EMAIL', 'OF_QUEUE_URL'];

export async function GET() {
  return NextResponse.json(Object.fromEntries(NAMES.map((name) => [name, name in process.env])));
}
