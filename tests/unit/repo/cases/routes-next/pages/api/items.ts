export default function handler(req, res) {
  switch (req.method) {
    case 'GET':
      return res.json([]);
    case 'DELETE':
      return res.status(204).end();
  }
}
