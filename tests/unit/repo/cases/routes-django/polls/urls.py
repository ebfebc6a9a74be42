from django.urls import path

urlpatterns = [
    path("", index),
    path("<int:question_id>/vote/", vote),
]
