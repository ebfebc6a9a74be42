import { NextResponse } from 'next/server';
import { snapshot } from '@/src/lib/prom';

export async function GET() {
  return NextResponse.json(await snapshot());
}
