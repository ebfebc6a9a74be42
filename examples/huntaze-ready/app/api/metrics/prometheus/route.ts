import { registry } from '@/src/lib/prom';

export async function GET() {
  return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
}
