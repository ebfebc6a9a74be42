const cron = require('node-cron');
const schedule = require('node-schedule');
const { CronJob } = require('cron');
cron.schedule('*/5 * * * *', async () => {
  await fetch('https://api.example.com/api/cron/sync', { method: 'POST' });
});
cron.schedule(process.env.CRON || '0 * * * *', run, { timezone: 'UTC' });
cron.schedule(EVERY, run);
schedule.scheduleJob('nightly', '0 2 * * *', nightly);
schedule.scheduleJob('42 * * * *', function () {});
schedule.scheduleJob({ hour: 14, minute: 30, dayOfWeek: 0 }, function () {});
const job = new CronJob('0 0 * * * *', tick, null, true);
const job2 = CronJob.from({ cronTime: '0 30 * * * *', onTick: tick });
