import Redis from 'ioredis';

let client: Redis | undefined;

export function redis(): Redis {
  client ??= new Redis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT ?? 6379), tls: {} });
  return client;
}
