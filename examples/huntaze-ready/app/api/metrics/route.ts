import { NextResponse } from 'next/server';
import { observe } from '@/src/lib/prom';

export async function POST(request: Request) {
  observe(await request.json());
  return new NextResponse(null, { status: 202 });
}
