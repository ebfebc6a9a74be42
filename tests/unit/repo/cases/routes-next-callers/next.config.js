/** @type {import('next').NextConfig} */
module.exports = {
  async rewrites() {
    return {
      beforeFiles: [{ source: '/healthz', destination: '/api/health' }],
      afterFiles: [{ source: '/people/:id', destination: '/api/users/:id' }],
      fallback: [{ source: '/:path*', destination: 'https://legacy.example.org/:path*' }],
    }
  },
}
