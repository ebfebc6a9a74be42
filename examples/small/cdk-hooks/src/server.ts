import express from 'express';
import rateLimit from 'express-rate-limit';

const app = express();
app.use(rateLimit({ windowMs: 60_000, max: 100 }));

app.get('/health', (_request, response) => {
  response.json({ status: 'ok', stage: process.env.STAGE });
});

const hooks = express.Router();
hooks.post('/:source', (request, response) => {
  if (request.get('x-hook-token') !== process.env.HOOK_TOKEN) return response.sendStatus(401);
  return response.sendStatus(202);
});
app.use('/hooks', hooks);

app.listen(3000);
