from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.register(r"users", UserViewSet)

urlpatterns = [
    path("polls/", include("polls.urls")),
    path("api/", include(router.urls)),
    path("healthz/", alive),
    re_path(r"^feed/(?P<year>[0-9]{4})\.xml/?$", feed),
]
