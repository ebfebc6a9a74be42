"""A state that a full disk cut off stops nothing, and is never passed over in silence."""

import pytest

from launchbook.lifecycle.cut_off import put_aside


@pytest.mark.parametrize("cut", ["", '{"version": 4, "resour'])
def test_a_state_that_was_cut_off_is_put_aside_and_said(cut, tmp_path):
    (tmp_path / "errored.tfstate").write_text(cut, "utf-8")
    (tmp_path / "terraform.tfstate").write_text(cut, "utf-8")
    (tmp_path / "terraform.tfstate.backup").write_text('{"serial": 3}', "utf-8")
    errored, state = put_aside(tmp_path)
    assert "errored.tfstate.cut-off was cut off" in errored
    assert "launchbook sweep" in errored
    assert state.endswith("the state before it is used")
    assert (tmp_path / "terraform.tfstate").read_text("utf-8") == '{"serial": 3}'
    assert (tmp_path / "errored.tfstate.cut-off").read_text("utf-8") == cut
    assert list(put_aside(tmp_path)) == []


def test_a_whole_state_stays_where_it_is(tmp_path):
    (tmp_path / "terraform.tfstate").write_text("{}", "utf-8")
    assert list(put_aside(tmp_path)) == []
    assert (tmp_path / "terraform.tfstate").read_text("utf-8") == "{}"
