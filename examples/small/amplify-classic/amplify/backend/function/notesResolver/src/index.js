const AWS = require('aws-sdk');
const db = new AWS.DynamoDB.DocumentClient();
exports.handler = async (event) => {
  const row = await db.get({ TableName: process.env.TABLE_NAME, Key: { id: event.arguments.id } }).promise();
  return row.Item;
};
