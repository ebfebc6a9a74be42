import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { depth } from './queue/of-queue';

export const registry = new Registry();

export const httpRequests = new Counter({
  name: 'http_requests_total',
  help: 'Requests by status',
  labelNames: ['status'],
  registers: [registry],
});

export const httpDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer',
  registers: [registry],
});

export const socialPublish = new Counter({
  name: 'social_publish_total',
  help: 'Publications by status',
  labelNames: ['status'],
  registers: [registry],
});

export const queueDepth = new Gauge({
  name: 'of_queue_depth',
  help: 'Messages that wait',
  registers: [registry],
  collect() {
    this.set(depth());
  },
});

type Sample = { status: string; seconds: number };

export function observe(sample: Sample): void {
  httpRequests.inc({ status: sample.status });
  httpDuration.observe(sample.seconds);
}

export async function snapshot() {
  return registry.getMetricsAsJSON();
}
