import { Router } from 'express';
const router = Router();
router.get('/', list);
router.get('/:id', (req, res) => res.json({}));
export default router;
