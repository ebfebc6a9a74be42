"""A temporary directory that PostgreSQL's user may enter: pytest's own are closed to every other user."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """A new directory, deleted at the end."""
    directory = Path(tempfile.mkdtemp(prefix="launchbook-test-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
