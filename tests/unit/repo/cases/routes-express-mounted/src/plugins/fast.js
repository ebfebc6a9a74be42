const fastify = require('fastify')();
fastify.register(require('./items'), { prefix: '/v1' });
fastify.get('/ping', async () => ({}));
