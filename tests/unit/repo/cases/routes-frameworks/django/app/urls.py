from django.urls import path, include, re_path
from rest_framework.routers import DefaultRouter
from . import views
router = DefaultRouter()
router.register(r"users", views.UserViewSet)
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include(router.urls)),
    path("health/", views.health, name="health"),
    path(
        "multi/<uuid:id>/",
        views.Multi.as_view(),
    ),
    re_path(r"^old/(?P<y>[0-9]{4})/$", views.old),
    path("auth/", include("allauth.urls")),
]
