import SQS from 'aws-sdk/clients/sqs';
import { S3, Credentials } from 'aws-sdk';

const credentials = new Credentials('a');

export class Mail {
  private sqs = new SQS();
  private s3: S3;

  constructor() {
    this.s3 = new S3({ region: 'eu-west-3', credentials });
  }

  async send() {
    await this.sqs.sendMessage({ QueueUrl: 'https://sqs.eu-west-2.amazonaws.com/111111111111/shop-mail' }).promise();
    await this.s3.upload({ Bucket: 'shop-mail-copies' }).promise();
    return this.s3.getSignedUrl('getObject', { Bucket: 'shop-mail-links' });
  }
}
