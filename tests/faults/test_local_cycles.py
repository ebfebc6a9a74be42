"""Five lives of an embedded AWS, each ended in another way; nothing of any is left."""

import pytest

from launchbook.errors import LocalAwsError
from launchbook.local import control, instance
from launchbook.local.run import Options
from tests.faults.local_cycles import WAYS, cycle


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left(way):
    assert cycle(way, database=way in ("stop", "kill both")).left == []


def test_several_run_side_by_side():
    several = [control.start(Options(port=0)) for _ in range(3)]
    try:
        assert len({one.port for one in several}) == len({one.network for one in several}) == 3
        assert {one.port for one in several} <= {one.port for one in instance.running()}
        assert instance.find(several[1].port) == several[1]
        with pytest.raises(LocalAwsError):
            instance.find()
    finally:
        for one in several:
            control.stop(one)


def test_a_taken_port_is_said_clearly():
    one = control.start(Options(port=0))
    try:
        with pytest.raises(LocalAwsError) as refused:
            control.start(Options(port=one.port))
        assert f"port {one.port}" in str(refused.value)
        assert "--port" in refused.value.hint
    finally:
        control.stop(one)
