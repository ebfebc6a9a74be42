module.exports = [
  { method: 'GET', path: '/health', handler: () => 'ok' },
  { method: 'GET', path: '/orders', config: { handler: list } },
];
