import { NextResponse } from 'next/server';

// From before the move to the root `app/` directory, which Next.js serves instead of this one.
export async function GET() {
  return NextResponse.json({ ok: true });
}
