export default { service: 'mail', provider: { name: 'aws' } };
