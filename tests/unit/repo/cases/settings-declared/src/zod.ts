import { z } from 'zod';
const schema = z.object({ ZOD_URL: z.string(), ZOD_OPT: z.string().optional() });
export const env = schema.parse(process.env);
const result = schema.safeParse(process.env);
