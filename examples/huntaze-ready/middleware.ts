import { NextRequest, NextResponse } from 'next/server';
import { CORRELATION_HEADER, correlationId } from '@/lib/middleware/correlation-id';
import { overLimit } from '@/lib/middleware/rate-limit';

export function middleware(request: NextRequest) {
  if (overLimit(request.headers.get('x-forwarded-for') ?? 'unknown')) {
    return NextResponse.json({ error: 'too many requests' }, { status: 429 });
  }
  const response = NextResponse.next();
  response.headers.set(CORRELATION_HEADER, correlationId(request.headers));
  return response;
}

// Health and metrics stay outside: a load balancer that is told 429 takes the task away.
export const config = { matcher: ['/api/((?!health|metrics/prometheus).*)'] };
