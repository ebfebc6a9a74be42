import { Hono } from 'hono';
const books = new Hono();
books.get('/:isbn', (c) => c.json({}));
export default books;
