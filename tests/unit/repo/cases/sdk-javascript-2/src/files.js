const AWS = require('aws-sdk');

AWS.config.update({ region: 'eu-west-1' });
const sqs = new AWS.SQS({ region: 'eu-west-2' });
const table = new AWS.DynamoDB.DocumentClient();

exports.keep = async (body) => {
  await new AWS.S3().putObject({ Bucket: 'shop-files', Key: 'a', Body: body }).promise();
  await sqs.sendMessage({ QueueUrl: process.env.ORDERS_URL, MessageBody: 'a' }).promise();
  await table.put({ TableName: 'shop-carts', Item: {} }).promise();
  fetch.sendMessage({ QueueUrl: 'other' });
  await table.update({ TableName: 'shop-carts' }).promise();
};
