import { Queue } from 'bullmq'
const reports = new Queue('reports', { connection })
await reports.add('daily', {}, { repeat: { pattern: '0 6 * * *' } })
await reports.add('often', {}, { repeat: { every: 60000 } })
await reports.upsertJobScheduler('sched', { pattern: '15 3 * * *' }, { name: 'x' })
const old = new Bull('old'); 
old.add({}, { repeat: { cron: '*/10 * * * *' } })
