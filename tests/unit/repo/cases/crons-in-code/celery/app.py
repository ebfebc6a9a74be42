from celery import Celery
from celery.schedules import crontab
app = Celery('proj')
app.conf.beat_schedule = {
    'add-every-30-seconds': {'task': 'tasks.add', 'schedule': 30.0, 'args': (16, 16)},
    'nightly': {'task': 'tasks.nightly', 'schedule': crontab(hour=2, minute=0)},
    'five': {'task': 'tasks.five', 'schedule': crontab(minute='*/5')},
    'td': {'task': 'tasks.td', 'schedule': timedelta(minutes=10)},
}
@app.on_after_configure.connect
def setup(sender, **kw):
    sender.add_periodic_task(10.0, test.s('hello'), name='add every 10')
    sender.add_periodic_task(crontab(hour=7, minute=30, day_of_week=1), test.s('Happy'))
