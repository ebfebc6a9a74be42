import { NextResponse } from 'next/server';

// Simulated until the real collectors exist.
export async function GET() {
  return NextResponse.json({
    latency: { p50: 80 + Math.random() * 20, p95: 240 + Math.random() * 60 },
    traffic: { rps: 40 + Math.random() * 10 },
    errors: { rate: Math.random() * 0.005 },
    saturation: { cpu: 0.35 + Math.random() * 0.1 },
  });
}
