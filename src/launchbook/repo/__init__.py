"""Discovery: what a repository deploys, how it is wired, and what it cannot tell.

``discover(path)`` walks the tree, lets every format read the files it claims, relates the facts and compares
them. Adding a format, a relation or a comparison is one new file; nothing is registered anywhere.

**A format** is a module of ``launchbook.repo.formats`` with one declared reader (or several)::

    @reader("Kubernetes", "*.yaml", "*.yml", sniff=rb"^kind:", hides=("kubernetes_cron_job",))
    def kubernetes(file: File, found: Found) -> None:
        for document in file.yaml:
            spec = dig(document, "spec", "jobTemplate")
            found.fact(file, "kubernetes_cron_job", "CronJob/nightly", name="nightly",
                       line=line_of(document, "metadata"), attributes={...}, lines=lines_below(spec))

- Names are globs for the file's name (``*.tf``, ``Dockerfile``), or for its whole path when they hold a ``/``
  (``**/config/slo.yaml``). ``sniff`` (bytes, multi-line) must match the content as well; a file may be claimed by
  several formats and is read and parsed once, then dropped. Keep names and sniff narrow: every claimed file is opened.
  A pattern with a plain text that every match must hold (``aws-cdk-lib``) costs next to nothing on all other files.
- ``file.text``, ``file.yaml``, ``file.json`` and ``file.data`` raise :class:`Unreadable`; let it pass: it becomes a gap
  that hides ``hides``. So does any other exception, under the reader's name. A part that cannot be read is
  ``found.gap(file, what, hint, line, hides=…)``, never silence; ``hides=()`` says that nothing that checks ask for
  can be lost with it.
- ``found.fact`` takes Terraform's type and attribute names, blocks as lists of dicts. What can't be resolved is
  ``unread(reason)``; what points to another fact is ``Ref("file#address", "arn")``. ``found.setting``,
  ``found.endpoint`` and ``found.document`` are shapes of it. Secrets are dropped inside these calls: by attribute
  name, by pattern, and everything of an attribute called ``environment``, ``env`` or ``variables`` but names and
  references.
- A type that no provider names is called after its tool: ``github_workflow``, ``amplify_build``, ``dockerfile``,
  ``prometheus_rule``. Ids are ``path#address``; give an address that is unique in its file.
- ``reader_of_all`` gets all claimed files of a format at once. ``found.tree`` reaches other files
  (``found.tree.beside(file, "x.json")``), never outside the root.
- ``file.origin`` is ``source``, ``generated``, ``document`` or ``archived`` by the tree it lies in, and
  goes into each fact.

**A relation module** (``launchbook.repo.relations``) has ``relate(facts) -> Iterable[Fact | Relation | Gap]``: what
follows from facts of several files. Modules run in the order of their names and see what earlier ones added.

**A comparison** (``launchbook.repo.contradictions``) has ``contradict(facts) -> Iterable[Finding]``: two sources that
disagree, each end as evidence.

**The tests' data**: ``tests/unit/repo/cases/<name>/`` is a small repository, or what it adds to one of ``examples``;
``<name>.toml`` beside it the facts, gaps and relations expected of it; one loader runs them all.
"""

from launchbook.repo.discover import Discovery, discover
from launchbook.repo.lined import Map, Seq, Unreadable, as_list, as_map, dig, line_of, lines_below
from launchbook.repo.reader import File, Format, Found, Tree, reader, reader_of_all, unread

__all__ = [
    "Discovery",
    "File",
    "Format",
    "Found",
    "Map",
    "Seq",
    "Tree",
    "Unreadable",
    "as_list",
    "as_map",
    "dig",
    "discover",
    "line_of",
    "lines_below",
    "reader",
    "reader_of_all",
    "unread",
]
