import { Router } from 'express';
export function makeReports() {
  const router = Router();
  router.get('/daily', (req, res) => res.json({}));
  return router;
}
export function makeOthers() {
  const router = Router();
  router.get('/hourly', (req, res) => res.json({}));
  return router;
}
