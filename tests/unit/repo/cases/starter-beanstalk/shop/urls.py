from django.urls import include, path
from . import views

urlpatterns = [
    path("healthz/", views.health),
    path("orders/<int:pk>/", views.order),
    path("api/", include("shop.api.urls")),
]
