"""Launchbook turns AWS runbooks into programs that run, prove their result and undo themselves."""

__all__: list[str] = []
