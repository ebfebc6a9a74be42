import elsewhere.urls
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from .api import views

router = DefaultRouter()
router.register(r"users", views.UserViewSet)
bare = DefaultRouter(trailing_slash=False)
bare.register("tags", views.TagViewSet, basename="tag")
more = [path("extra/", views.health)]
urlpatterns = [
    path("health/", views.health),
    path("api/", include("proj.api.urls")),
    path("v1/", include(router.urls)),
    path("v2/", include((bare.urls, "v2"))),
    path("more/", include(more)),
    path("left/", include(elsewhere.urls)),
    re_path(r"^legacy/(?P<id>\d+)/$", views.legacy),
]
urlpatterns += i18n_patterns(path("about/", views.health))
if settings.DEBUG:
    urlpatterns += [path("debug/", views.health)]
