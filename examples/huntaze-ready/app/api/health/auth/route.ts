import { NextResponse } from 'next/server';

const handler = async () => {
  const ready = Boolean(process.env.NEXTAUTH_SECRET && process.env.NEXTAUTH_URL);
  return NextResponse.json({ auth: ready ? 'ok' : 'not configured' }, { status: ready ? 200 : 503 });
};

export const GET = handler;
