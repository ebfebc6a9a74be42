import { readFileSync } from 'node:fs';
import { LambdaClient, PublishVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';

// Lambda@Edge functions live in us-east-1, wherever the rest is.
const lambda = new LambdaClient({ region: 'us-east-1' });

const FUNCTIONS = [
  { name: 'huntaze-security-headers', archive: 'dist/security-headers.zip', event: 'viewer-response' },
  { name: 'huntaze-image-optimization', archive: 'dist/image-optimization.zip', event: 'origin-request' },
];

async function main() {
  for (const fn of FUNCTIONS) {
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: fn.name, ZipFile: readFileSync(fn.archive) }),
    );
    const version = await lambda.send(new PublishVersionCommand({ FunctionName: fn.name }));
    console.log(`${fn.name} ${version.FunctionArn} for ${fn.event}`);
  }
}

main();
