exports.plugin = {
  name: 'orders',
  register: async function (server, options) {
    server.route({ method: 'GET', path: '/plugged', handler: () => 'x' });
  }
};
