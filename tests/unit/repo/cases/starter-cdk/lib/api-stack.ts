import * as cdk from 'aws-cdk-lib';
import { aws_lambda as lambda, aws_apigateway as apigw, aws_dynamodb as ddb, aws_sqs as sqs } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
export class ApiStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props: any) {
    super(scope, id, props);
    const table = new ddb.Table(this, 'Orders', { partitionKey: { name: 'id', type: ddb.AttributeType.STRING }, tableName: 'orders' });
    const dlq = new sqs.Queue(this, 'Dlq');
    const queue = new sqs.Queue(this, 'Jobs', { visibilityTimeout: cdk.Duration.seconds(30), deadLetterQueue: { queue: dlq, maxReceiveCount: 3 } });
    const fn = new NodejsFunction(this, 'Handler', { entry: 'src/handler.ts', timeout: cdk.Duration.seconds(60), environment: { TABLE: table.tableName } });
    fn.addEventSource(new SqsEventSource(queue));
    table.grantReadWriteData(fn);
    new apigw.LambdaRestApi(this, 'Endpoint', { handler: fn });
  }
}
