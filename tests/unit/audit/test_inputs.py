"""What an audit is given is read whole or refused, and what it writes takes nothing away."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from launchbook.cli._pasted import read_saved
from launchbook.cli.audit import command
from launchbook.errors import UsageError


@contextmanager
def somebody_else() -> Iterator[None]:
    """Root may read everything: for the time of a test it is somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_what_a_shell_of_windows_saved_is_read(encoding: str, tmp_path: Path) -> None:
    said = '{"DBInstances": []}\n'
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "rds.json").write_bytes((mark + said.replace("\n", "\r\n")).encode(encoding))
    assert read_saved((str(tmp_path),))[0] == {"rds.json": said}


def test_every_file_of_every_folder_is_read(tmp_path: Path) -> None:
    for region in ("eu", "us"):
        (tmp_path / region / "deep").mkdir(parents=True)
        (tmp_path / region / "rds.txt").write_text(region)
        (tmp_path / region / "deep/sqs.txt").write_text(f"{region} too")
    texts, saved = read_saved((str(tmp_path / "eu"), str(tmp_path / "us")))
    assert sorted(texts.values()) == ["eu", "eu too", "us", "us too"]
    assert saved is not None
    assert sorted(read_saved((str(tmp_path / "eu"),))[0]) == ["deep/sqs.txt", "rds.txt"]


@pytest.mark.parametrize("shut", ["", "inside"])
def test_a_folder_that_may_not_be_read_is_said(shut: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "inside").mkdir()
        (folder / "inside/rds.txt").write_text("x")
        folder.chmod(0o755)
        (folder / shut).chmod(0o000)
        with somebody_else(), pytest.raises(UsageError, match=r"cannot read .*: Permission denied"):
            read_saved((str(folder / "inside" if not shut else folder),))
        (folder / shut).chmod(0o755)


def test_a_folder_without_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"nothing was pasted in {tmp_path}: it holds no file"):
        read_saved((str(tmp_path),))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--region", "eu-west-1"], "--region says how to read an account: none is read"),
        (["--profile", "work"], "--profile says how to read an account: none is read"),
        (["--account", "12"], "12 is no account: it has twelve digits"),
        (
            ["--endpoint-url", "localhost:4566"],
            "localhost:4566 is no address: it begins with http:// or https://",
        ),
    ],
)
def test_a_flag_that_says_nothing_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(command, [str(tmp_path), *words])
    assert isinstance(refused.exception, UsageError)
    assert str(refused.exception) == said
    assert refused.exception.hint


def test_a_disk_without_room_leaves_the_report_that_was_there(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("the one of yesterday")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as a full disk: no file grows any more
    try:
        refused = CliRunner().invoke(command, [str(tmp_path), "--out", str(out)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(refused.exception, UsageError)
    assert str(refused.exception) == f"cannot write {out}: File too large"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(out.name, "the one of yesterday")]


def test_a_report_goes_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "report.md"
    link.symlink_to(tmp_path / "there/real.md")
    CliRunner().invoke(command, [str(tmp_path / "there"), "--out", str(link)])
    assert link.is_symlink()
    assert (tmp_path / "there/real.md").read_text().startswith("# Launch readiness")
    assert (tmp_path / "there/real.md").stat().st_mode & 0o777 == 0o600
