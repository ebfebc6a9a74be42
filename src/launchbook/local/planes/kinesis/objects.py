"""What moto forgets: the tags that a stream is made with."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.kinesis import urls
from moto.kinesis.responses import KinesisResponse


class Response(KinesisResponse):
    """moto's operations, and ours where they differ."""

    def create_stream(self) -> ActionResult:
        """Create a stream with its tags."""
        answer = super().create_stream()
        tags = self._get_param("Tags")
        if tags:
            self.kinesis_backend.add_tags_to_stream(
                stream_arn=None, stream_name=self._get_param("StreamName"), tags=tags
            )
        return answer


def install() -> None:
    """Route every call of Kinesis here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
