from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
sched = BackgroundScheduler()
@sched.scheduled_job('interval', minutes=3)
def timed(): pass
@sched.scheduled_job('cron', day_of_week='mon-fri', hour=17)
def weekday(): pass
sched.add_job(sync, 'interval', minutes=5, id='sync')
sched.add_job(sync2, CronTrigger.from_crontab('0 2 * * *'))
sched.add_job(sync3, CronTrigger(hour=3, minute=30))
sched.add_job(sync4, 'cron', hour=HOUR)
import schedule
schedule.every(10).minutes.do(job)
schedule.every().day.at("10:30").do(job)
