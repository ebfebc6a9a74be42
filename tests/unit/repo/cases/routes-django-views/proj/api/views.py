from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_POST
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView


def health(request): ...


@require_POST
@login_required
def purge(request): ...


class OrderView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request, pk): ...

    def delete(self, request, pk): ...


class UserViewSet(viewsets.ModelViewSet):
    lookup_field = "name"

    @action(detail=True, methods=["post"], url_path="set-password")
    def set_password(self, request, name): ...

    @action(detail=False)
    def recent(self, request): ...


class TagViewSet(viewsets.ReadOnlyModelViewSet): ...
