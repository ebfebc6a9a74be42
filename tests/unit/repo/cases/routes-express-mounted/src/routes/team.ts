import { Router } from 'express';
export const router = Router();
router.post('/', (req, res) => res.sendStatus(201));
