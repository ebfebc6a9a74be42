"""How far a repository was searched for secrets: every file by its name, those of text also by what stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from launchbook.model import Fact, Gap, Where, make_fact
from launchbook.repo.formats.secrets import keys_in_text
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import UNREADABLE, File, Tree

_ENDINGS = tuple(name.removeprefix("*") for name in keys_in_text.names if name.startswith("*."))


def searched(tree: Tree, gaps: Iterable[Gap]) -> Fact:
    """A document of the kind ``repository``: ``files`` by name, ``texts`` by content, and the paths in ``unread``.

    Unread is a text that is larger than is read whole, a file or folder that cannot be read, a link that leads out.
    """
    texts = [
        file for file in tree.files.values() if file.name.endswith(_ENDINGS) or file.name.startswith(".env")
    ]
    shown = {file.shown for file in tree.files.values()}
    unread = {file.shown for file in texts if _too_large(file)}
    unread |= {
        gap.where.file
        for gap in gaps
        if gap.where.file not in ("", ".") and (gap.where.file not in shown or gap.hint == UNREADABLE)
    }
    return make_fact(
        "document",
        id=".#document:repository",
        name="the repository",
        where=Where(file="."),
        attributes={
            "kind": "repository",
            "files": len(tree.files),
            "texts": len(texts) - sum(file.shown in unread for file in texts),
            "unread": sorted(unread),
        },
    )


def _too_large(file: File) -> bool:
    try:
        return file.size > keys_in_text.limit
    except Unreadable:
        return True
