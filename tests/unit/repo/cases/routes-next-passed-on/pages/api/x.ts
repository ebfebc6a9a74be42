import { withAuth } from '../../lib/auth';

async function handler(req, res) {
  if (req.method !== 'POST') return res.status(405).end();
  res.status(201).json({});
}

export default withAuth(handler);
