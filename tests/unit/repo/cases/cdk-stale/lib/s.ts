import * as cdk from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sqs from 'aws-cdk-lib/aws-sqs';

class Shop extends cdk.Stack {
  constructor(scope: any, id: string, props: any) {
    super(scope, id, props);
    const jobs = new sqs.Queue(this, 'Jobs', { queueName: 'jobs' });
    jobs.metricApproximateAgeOfOldestMessage().createAlarm(this, 'Age', { threshold: 300, evaluationPeriods: 1 });
    for (const n of ['a', 'b']) new sqs.Queue(this, `Extra-${n}`, { queueName: `extra-${n}` });
    if (props.stage === 'prod') {
      new rds.DatabaseInstance(this, 'Db', { multiAz: true });
    } else new sqs.Queue(this, 'Trial');
  }
}
const envs = { prod: { region: 'eu-west-1' } };
new Shop(new cdk.App(), 'AppProd', { env: envs.prod });
