import { Pool } from 'pg';

let pool: Pool | undefined;

export function database(): Pool {
  pool ??= new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  return pool;
}
