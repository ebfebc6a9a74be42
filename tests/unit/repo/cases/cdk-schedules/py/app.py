import aws_cdk as cdk
from aws_cdk import aws_events as events, aws_events_targets as targets, aws_scheduler as scheduler, Duration
class S(cdk.Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        events.Rule(self, "Nightly", schedule=events.Schedule.cron(minute="0", hour="2"))
        events.Rule(self, "Often", schedule=events.Schedule.rate(Duration.minutes(5)))
        events.Rule(self, "Expr", schedule=events.Schedule.expression("rate(1 hour)"), enabled=False)
        events.Rule(self, "Comp", schedule=events.Schedule.rate(Duration.minutes(n)))
        scheduler.Schedule(self, "Sch", schedule=scheduler.ScheduleExpression.rate(Duration.hours(2)), target=t)
app = cdk.App(); S(app, "S")
