import os
SECRET_KEY = os.environ["SECRET_KEY"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ["RDS_HOSTNAME"], "PASSWORD": os.environ["RDS_PASSWORD"]}}
