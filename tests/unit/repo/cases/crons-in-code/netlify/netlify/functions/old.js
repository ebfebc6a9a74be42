const { schedule } = require('@netlify/functions')
exports.handler = schedule('0 0 * * *', async () => ({ statusCode: 200 }))
