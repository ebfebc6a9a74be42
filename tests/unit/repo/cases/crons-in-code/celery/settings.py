CELERY_BEAT_SCHEDULE = {
    "clean": {"task": "app.tasks.clean", "schedule": crontab(minute=0, hour="*/3")},
}
