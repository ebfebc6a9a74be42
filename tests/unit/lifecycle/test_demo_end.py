"""The end of a demo is not interrupted: what it started is stopped, however often somebody asks."""

import os
import signal

import pytest

from launchbook.cli.demo import _not_interrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_stops_the_embedded_aws_hears_no_second_interrupt(number):
    before = signal.getsignal(number)
    with _not_interrupted():
        os.kill(os.getpid(), number)
        reached = True
    assert reached
    assert signal.getsignal(number) is before


def test_an_interrupt_is_heard_again_afterwards():
    with _not_interrupted():
        pass
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
