import { randomUUID } from 'node:crypto';

export const CORRELATION_HEADER = 'X-Correlation-Id';

/** The caller's correlation id, or a new one. */
export function correlationId(headers: Headers): string {
  return headers.get(CORRELATION_HEADER) ?? randomUUID();
}
