const Agenda = require('agenda');
const agenda = new Agenda({ db: {} });
agenda.define('purge', async job => {});
await agenda.every('15 minutes', 'purge');
await agenda.every('0 3 * * *', ['a', 'b']);
