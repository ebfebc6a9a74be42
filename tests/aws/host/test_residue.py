"""Clearing what a killed embedded AWS left, also while somebody else clears it."""

import os
import subprocess
import threading

from launchbook.local import residue


def test_processes_that_escaped_are_ended_and_no_others(tmp_path):
    mine, other = tmp_path / "4566-1", tmp_path / "4566-11"
    for state in (mine, other):
        state.mkdir()

    def escaped(state, **how):
        return subprocess.Popen(["sleep", "60"], start_new_session=True, **{"env": {}, "cwd": "/", **how})

    marked = escaped(mine, env={residue.MARK: f"{mine}:7"})
    inside = escaped(mine, cwd=mine)
    others = [escaped(other, env={residue.MARK: f"{other}:7"}), escaped(other, cwd=other)]
    try:
        residue.end(mine)
        assert [marked.wait(5), inside.wait(5)] == [-9, -9]
        assert [each.poll() for each in others] == [None, None]
        assert os.getpid() not in residue._processes_of(mine)
    finally:
        for each in (marked, inside, *others):
            each.kill()
            each.wait()


def test_two_may_clear_at_once(tmp_path):
    for round_ in range(20):
        state = tmp_path / f"4566-{round_}"
        for number in range(30):
            (state / f"a{number}" / "b").mkdir(parents=True)
            (state / f"a{number}" / "b" / "file").write_text("x")
        failures = []

        def clear(state=state, failures=failures):
            try:
                residue.clear(state)
            except OSError as error:
                failures.append(error)

        both = [threading.Thread(target=clear) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert failures == []
        assert not state.exists()
