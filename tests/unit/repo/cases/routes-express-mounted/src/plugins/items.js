module.exports = async function (instance, options) {
  instance.get('/items', async (req, reply) => reply.send({}));
};
async function server(app) {}
