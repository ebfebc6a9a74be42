import { Router } from 'express';
import orders from './orders';
const router = Router();
router.use(['/orders', '/bestellungen'], orders);
export default router;
