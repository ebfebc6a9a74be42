export { GET, POST } from './c';
