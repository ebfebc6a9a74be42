const express = require('express');
const rateLimit = require('express-rate-limit');
const { Pool } = require('pg');

const app = express();
const pool = new Pool({ connectionString: process.env.DATABASE_URL });

app.get('/live', (request, response) => response.send('ok'));

app.use(rateLimit({ windowMs: 60_000, limit: 30 }));

app.get('/health', async (request, response) => {
  try {
    await pool.query('select 1');
    response.json({ status: 'ok' });
  } catch {
    response.status(503).json({ status: 'no database' });
  }
});

app
  .route('/links')
  .get(async (request, response) => response.json((await pool.query('select * from links')).rows))
  .post(express.json(), async (request, response) => {
    await pool.query('insert into links (url) values ($1)', [request.body.url]);
    response.sendStatus(201);
  });

app.get('/metrics', (request, response) => {
  response.json({ requests: Math.floor(Math.random() * 1000) });
});

app.listen(process.env.PORT || 3000);
