module.exports = async function (fastify, opts) {
  fastify.delete('/', async function (request, reply) { return reply.code(204).send() })
}
