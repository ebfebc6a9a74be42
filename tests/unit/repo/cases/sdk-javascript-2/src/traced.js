const AWS = AWSXRay.captureAWS(require('aws-sdk'));
const sns = AWSXRay.captureAWSClient(new AWS.SNS());
sns.publish({ TopicArn: process.env.TOPIC_ARN });
