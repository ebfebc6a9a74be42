import { Stack, StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Construct } from 'constructs';

interface HooksProps extends StackProps {
  stage: string;
}

export class HooksStack extends Stack {
  constructor(scope: Construct, id: string, props: HooksProps) {
    super(scope, id, props);

    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 0 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });

    const service = new ApplicationLoadBalancedFargateService(this, 'Service', {
      cluster,
      desiredCount: 2,
      assignPublicIp: true,
      taskImageOptions: {
        image: ecs.ContainerImage.fromAsset('.'),
        containerPort: 3000,
        environment: { STAGE: props.stage },
      },
    });
    service.targetGroup.configureHealthCheck({ path: '/healthz' });
  }
}
