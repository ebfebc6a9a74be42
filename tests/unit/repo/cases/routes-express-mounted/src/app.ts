import express from 'express';
import rateLimit from 'express-rate-limit';
import usersRouter from './routes/users';
import { router as teamRouter } from './routes/team.js';
import v1 from './routes/v1';
import register from './routes/register';
import { makeReports } from './routes/reports';
import { requireAuth } from './auth';
const API = '/api';

export const app = express();
app.get(['/healthz', '/livez'], (req, res) => res.send('ok'));
app.use('/api/users', rateLimit({ windowMs: 1000 }), usersRouter);
app.use(`${API}/teams`, teamRouter);
app.use(API, requireAuth, v1);
app.use('/late', require('./routes/late'));
register(app);
app.use('/reports', makeReports());
app.use(process.env.ADMIN_PATH, require('./routes/admin'));
