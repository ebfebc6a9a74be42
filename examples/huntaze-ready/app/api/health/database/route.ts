import { NextResponse } from 'next/server';
import { database } from '@/lib/database';

export async function GET() {
  try {
    await database().query('select 1');
    return NextResponse.json({ database: 'ok' });
  } catch {
    return NextResponse.json({ database: 'unreachable' }, { status: 503 });
  }
}
