from django.urls import path
from . import views
urlpatterns = [path("lost/", views.health)]
