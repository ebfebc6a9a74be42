"""Clearing what a killed embedded AWS left, also while somebody else clears it."""

import threading

from launchbook.local import residue


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
