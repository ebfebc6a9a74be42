#!/usr/bin/env node
import * as cdk from 'aws-cdk-lib';
import { NetworkStack } from '../lib/network-stack';
import { ApiStack } from '../lib/api-stack';
const app = new cdk.App();
const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'eu-west-1' };
const network = new NetworkStack(app, 'Network', { env });
new ApiStack(app, 'Api', { env, vpc: network.vpc });
