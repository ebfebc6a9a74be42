import { execFileSync } from 'node:child_process';

// Lambda@Edge functions live in us-east-1, wherever the rest is. The template publishes their versions and alarms.
const REGION = 'us-east-1';

execFileSync('sam', ['build', '--template', 'infra/aws/edge-functions.yaml'], { stdio: 'inherit' });
execFileSync(
  'sam',
  ['deploy', '--stack-name', 'huntaze-edge-functions', '--region', REGION, '--capabilities', 'CAPABILITY_IAM', '--resolve-s3'],
  { stdio: 'inherit' },
);
