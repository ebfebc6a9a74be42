import { tenants } from './tenants.mjs'

export default {
  rewrites: async () => [
    { source: '/old', destination: '/api/health' },
    { source: '/legacy/:path*', destination: `${process.env.LEGACY}/:path*` },
    ...tenants.map((one) => ({ source: one.path, destination: '/api/health' })),
  ],
}
