from django.urls import path
from . import views
urlpatterns = [path("orders/<int:pk>/", views.OrderView.as_view()), path("cron/purge", views.purge)]
