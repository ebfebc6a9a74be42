export { default } from '../../../lib/team';
