// The first CDK's way to import, and what is wired by calls.
import api = require("@aws-cdk/aws-apigateway");
import lambda = require("@aws-cdk/aws-lambda");
import * as cdk from "@aws-cdk/core";
import * as efs from "@aws-cdk/aws-efs";
import * as elb from "@aws-cdk/aws-elasticloadbalancingv2";
import * as events from "@aws-cdk/aws-events";
import * as http from "@aws-cdk/aws-apigatewayv2-alpha";
import * as patterns from "@aws-cdk/aws-ecs-patterns";
import * as sns from "@aws-cdk/aws-sns";
import * as subscriptions from "@aws-cdk/aws-sns-subscriptions";
import * as targets from "@aws-cdk/aws-events-targets";
import { QueueToFunction } from "@example/cdk-constructs";

export class DepotStack extends cdk.Stack {
  constructor(scope: cdk.App, id: string) {
    super(scope, id);
    const list = new lambda.Function(this, "List", { handler: "list.handler", runtime: lambda.Runtime.NODEJS_20_X });
    const rest = new api.RestApi(this, "Rest", { restApiName: "depot" });
    const parcels = rest.root.addResource("parcels");
    parcels.addMethod("GET", new api.LambdaIntegration(list));
    parcels.addResource("{id}").addMethod("DELETE", new api.LambdaIntegration(list), { authorizer: gate });
    const small = new http.HttpApi(this, "Small");
    small.addRoutes({ path: "/health", methods: [http.HttpMethod.GET], integration: probe });
    new events.Rule(this, "Nightly").addTarget(new targets.LambdaFunction(list));
    const rule = new events.Rule(this, "Hourly");
    rule.addTarget(new targets.LambdaFunction(list));
    const alerts = new sns.Topic(this, "Alerts");
    alerts.addSubscription(new subscriptions.LambdaSubscription(list));
    new patterns.NetworkLoadBalancedFargateService(this, "Web", { desiredCount: 2 });
    new efs.FileSystem(this, "Files", { encrypted: true });
    new elb.CfnTrustStore(this, "Trust", { name: "depot" });
    new QueueToFunction(this, "Worker", {});
    new cdk.CfnOutput(this, "Url", { value: rest.url });
  }
}
