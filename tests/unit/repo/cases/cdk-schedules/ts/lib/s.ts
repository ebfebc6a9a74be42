import * as cdk from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
export class S extends cdk.Stack {
  constructor(scope: any, id: string) {
    super(scope, id);
    const fn = new lambda.Function(this, 'Fn', { runtime: lambda.Runtime.NODEJS_20_X, handler: 'i.h', code: x });
    new events.Rule(this, 'Nightly', { schedule: events.Schedule.cron({ minute: '0', hour: '2' }), targets: [new targets.LambdaFunction(fn)] });
    new events.Rule(this, 'Often', { schedule: events.Schedule.rate(cdk.Duration.minutes(5)) });
    new events.Rule(this, 'Expr', { schedule: events.Schedule.expression('rate(1 hour)'), enabled: false });
    new events.Rule(this, 'Week', { schedule: events.Schedule.cron({ weekDay: 'MON-FRI', hour: '8', minute: '30' }) });
    new events.Rule(this, 'Comp', { schedule: events.Schedule.rate(cdk.Duration.minutes(props.every)) });
    new events.Rule(this, 'Var', { schedule: sched });
    new scheduler.Schedule(this, 'Sch', { schedule: scheduler.ScheduleExpression.rate(cdk.Duration.hours(2)), target: t });
    new scheduler.CfnSchedule(this, 'CfnS', { scheduleExpression: 'rate(1 day)' });
    new scheduler.Schedule(this, 'SchC', { schedule: scheduler.ScheduleExpression.cron({ minute: '15' }) });
  }
}
