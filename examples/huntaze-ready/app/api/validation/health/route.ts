import { NextResponse } from 'next/server';

const PARTNERS = ['https://api.stripe.com/healthcheck', 'https://api.openai.com/v1/models'];

export async function GET() {
  const answers = await Promise.allSettled(PARTNERS.map((url) => fetch(url, { signal: AbortSignal.timeout(3000) })));
  return NextResponse.json({ partners: answers.map((answer) => answer.status) });
}
