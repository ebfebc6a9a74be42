import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const dead = new aws.sqs.Queue("mail-dead", { messageRetentionSeconds: 1209600 });
const mail = new aws.sqs.Queue("mail", {
  name: "newsletter-mail",
  visibilityTimeoutSeconds: 60,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
});
export const bucket = new aws.s3.Bucket("uploads");
const db = new aws.rds.Instance("db", { engine: "postgres", instanceClass: "db.t4g.micro", publiclyAccessible: true, password: config.requireSecret("dbPassword") });
