import Fastify from 'fastify'
const fastify = Fastify({ logger: true })
fastify.route({
  method: 'GET',
  url: '/health',
  handler: async (req, reply) => { return reply.send({ ok: true }) },
})
fastify.route({
  method: ['PUT', 'PATCH'],
  url: '/items/:id',
  preHandler: [requireAuth],
  handler: updateItem,
})
fastify.route({ method: METHODS, url: '/computed', handler: x })
fastify.route({ method: 'POST', url: `${PREFIX}/made`, handler: x })
async function routes(fastify, opts) {
  fastify.route({ method: 'DELETE', url: '/gone', handler(req, reply) { reply.code(204).send() } })
  fastify.get('/ok', { schema: {} }, async () => ({ ok: true }))
}
fastify.register(routes, { prefix: '/v1' })
fastify.listen({ port: 3000 })
