'use strict';
const Hapi = require('@hapi/hapi');
const init = async () => {
    const server = Hapi.server({ port: 3000, host: 'localhost' });
    server.route({
        method: 'GET',
        path: '/',
        handler: (request, h) => { return 'Hello World!'; }
    });
    server.route([
        { method: 'GET', path: '/users/{id?}', handler: getUser, options: { auth: 'jwt' } },
        { method: ['POST', 'PUT'], path: '/users', handler: putUser },
        { method: '*', path: '/{any*}', handler: notFound },
    ]);
    await server.start();
};
init();
