"""Five lives of an embedded AWS, each ended in another way; nothing of any is left."""

from contextlib import ExitStack

import pytest

from launchbook.errors import LocalAwsError
from launchbook.local import control, instance
from launchbook.local.run import Options
from tests.faults.local_cycles import WAYS, cycle
from tests.support.embedded import embedded as embedded_aws


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left(way):
    assert cycle(way, database=way in ("stop", "kill both")).left == []


def test_several_run_side_by_side():
    with ExitStack() as started:
        several = [started.enter_context(embedded_aws()) for _ in range(3)]
        assert len({one.port for one in several}) == len({one.network for one in several}) == 3
        assert {one.port for one in several} <= {one.port for one in instance.running()}
        assert instance.find(several[1].port) == several[1]
        with pytest.raises(LocalAwsError):
            instance.find()


def test_a_taken_port_is_said_clearly():
    with embedded_aws() as one:
        with pytest.raises(LocalAwsError) as refused:
            control.start(Options(port=one.port))
        assert f"port {one.port}" in str(refused.value)
        assert "--port" in refused.value.hint
