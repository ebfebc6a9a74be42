import { NextResponse } from 'next/server';
import { observe } from '@/src/lib/prom';

const handler = async (request: Request) => {
  for (const sample of await request.json()) observe(sample);
  return new NextResponse(null, { status: 202 });
};

export const POST = handler;
