import { Counter, Histogram, Registry } from 'prom-client';

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

export const socialTokenRefreshErrors = new Counter({
  name: 'social_token_refresh_errors_total',
  help: 'Token refreshes that failed',
  registers: [registry],
});

export const socialWebhookSeconds = new Histogram({
  name: 'social_webhook_seconds',
  help: 'Time to handle a webhook',
  registers: [registry],
});

export const onboardingStarted = new Counter({
  name: 'onboarding_started_total',
  help: 'People who started',
  registers: [registry],
});

export const onboardingCompleted = new Counter({
  name: 'onboarding_completed_total',
  help: 'People who finished',
  registers: [registry],
});

type Sample = { status: string; seconds: number };

export function observe(sample: Sample): void {
  httpRequests.inc({ status: sample.status });
  httpDuration.observe(sample.seconds);
}

export async function snapshot() {
  return registry.getMetricsAsJSON();
}
