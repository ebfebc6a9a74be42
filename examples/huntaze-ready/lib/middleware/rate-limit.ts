const WINDOW_MS = 60_000;
const LIMIT = 60;
const seen = new Map<string, number[]>();

/** Whether this caller made more than 60 requests in the last minute. */
export function overLimit(caller: string, now = Date.now()): boolean {
  const recent = (seen.get(caller) ?? []).filter((at) => now - at < WINDOW_MS);
  recent.push(now);
  seen.set(caller, recent);
  return recent.length > LIMIT;
}
