import { NextResponse } from 'next/server';
import { httpDuration, httpRequests } from '@/src/lib/prom';

/** Latency and traffic as they were measured since the process started. */
export async function GET() {
  return NextResponse.json({ latency: await httpDuration.get(), traffic: await httpRequests.get() });
}
