export { GET } from '@/app/lib/b'; export { POST } from '../../../lib/b';
