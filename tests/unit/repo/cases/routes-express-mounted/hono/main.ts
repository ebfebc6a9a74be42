import { Hono } from 'hono';
import books from './books';
const app = new Hono().basePath('/hono');
app.route('/books', books);
app.get('/up', (c) => c.text('ok'));
export default app;
