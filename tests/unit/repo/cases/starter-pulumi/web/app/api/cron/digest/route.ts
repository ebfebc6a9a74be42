import { db } from '@/lib/db';
export async function POST(request: Request) {
  if (request.headers.get('authorization') !== `Bearer ${process.env.CRON_SECRET}`) return new Response('no', { status: 401 });
  await db.digest();
  return Response.json({ ok: true });
}
