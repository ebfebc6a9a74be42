const express = require('express');
const rateLimit = require('express-rate-limit');
const { requireAuth } = require('./auth');
const { pool } = require('./db');

const app = express();
const orders = express.Router();
app.use(rateLimit({ windowMs: 60000 }));
app.use('/api/orders', orders);

app.get('/healthz', (req, res) => res.status(200).send('ok'));
app.get('/health/ready', async (req, res) => {
  try {
    await pool.query('SELECT 1');
    res.json({ ready: true });
  } catch (error) {
    res.status(503).json({ ready: false });
  }
});
orders.get('/:id', requireAuth, async (req, res) => {
  const found = await pool.query('SELECT * FROM orders WHERE id = $1', [req.params.id]);
  if (!found.rows.length) return res.sendStatus(404);
  return res.json(found.rows[0]);
});
orders.post('/', create);

function create(req, res) {
  res.status(201).json({});
}

// app.get('/commented-out', (req, res) => res.send(''));
app.get('/metrics', (req, res) => res.json({ rps: Math.random() }));
