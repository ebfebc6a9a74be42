export default function (server) {
  server.get('/registered', (req, res) => res.json({}));
}
