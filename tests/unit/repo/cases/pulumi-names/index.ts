import * as aws from "@pulumi/aws";

const jobs = new aws.sqs.Queue("jobs", { tags: { Team: "orders" } });
new aws.cloudwatch.MetricAlarm("depth", {
  dimensions: { QueueName: jobs.name },
});
