import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import express from 'express';

const sqs = new SQSClient({ region: process.env.AWS_REGION ?? 'eu-west-1' });
const app = express();
app.use(express.json());

app.post('/reports', async (request, response) => {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.JOBS_QUEUE_URL, MessageBody: JSON.stringify(request.body) }));
  response.status(202).json({ state: 'queued' });
});

app.get('/healthz', (_request, response) => {
  response.send('ok');
});

app.listen(8080);
