import { App } from 'aws-cdk-lib';
import { HooksStack } from '../lib/hooks-stack';

const app = new App();
for (const stage of ['staging', 'production']) {
  new HooksStack(app, `Hooks-${stage}`, { stage, env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'us-west-2' } });
}
