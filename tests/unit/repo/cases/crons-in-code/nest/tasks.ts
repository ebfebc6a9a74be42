import { Cron, Interval, CronExpression } from '@nestjs/schedule';
export class Tasks {
  @Cron('45 * * * * *')
  handle() {}
  @Cron(CronExpression.EVERY_30_SECONDS)
  other() {}
  @Interval(10000)
  third() {}
}
