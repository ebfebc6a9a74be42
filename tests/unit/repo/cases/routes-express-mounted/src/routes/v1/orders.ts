import { Router } from 'express';
const r = Router();
r.get('/:orderId', (req, res) => res.json({}));
export default r;
