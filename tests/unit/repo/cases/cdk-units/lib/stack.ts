import { Duration, Stack } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';

export class Units extends Stack {
  build() {
    new rds.DatabaseInstance(this, 'Db', { multiAz: true, backupRetention: Duration.days(14) });
    new Queue(this, 'Jobs', { retentionPeriod: Duration.days(4) });
    const sweep = new Function(this, 'Sweep', { handler: 'sweep.handler' });
    new Rule(this, 'Nightly', { targets: [new LambdaFunction(sweep)] });
  }
}
