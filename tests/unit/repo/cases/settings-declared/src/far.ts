import { schema } from './schema-elsewhere';
export const env = schema.parse(process.env);
