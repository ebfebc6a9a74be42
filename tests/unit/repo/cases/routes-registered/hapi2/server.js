const Hapi = require('@hapi/hapi');
const routes = require('./routes');
const server = Hapi.server({ port: 3000 });
server.route(routes);
server.realm.modifiers.route.prefix = '/x';
await server.register(require('./plugin'), { routes: { prefix: '/api' } });
