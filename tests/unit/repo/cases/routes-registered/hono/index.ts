import { Hono } from 'hono'
const app = new Hono()
const books = new Hono()
books.get('/', (c) => c.json([])).post('/', (c) => c.json({}, 201))
books.get('/:id', (c) => c.text('x'))
app.route('/books', books)
app.on('PURGE', '/cache', (c) => c.text('x'))
app.on(['PUT', 'DELETE'], '/post', (c) => c.text('x'))
app.get('/health', (c) => c.text('ok'))
export default app
