import http from 'k6/http';
import { check } from 'k6';

export const options = {
  vus: 200,
  duration: '10m',
  thresholds: { http_req_duration: ['p(95)<500', 'p(99)<1000'], http_req_failed: ['rate<0.01'] },
};

export default function () {
  const response = http.get(`${__ENV.BASE_URL}/api/ping`);
  check(response, { 'answers 200': (r) => r.status === 200 });
}
