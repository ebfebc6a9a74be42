"""A demo lives what its platform has; what it started is stopped at its end, however often somebody interrupts."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from launchbook.cli.demo import _not_interrupted, _phases, _released_from_a_commit
from launchbook.errors import UsageError
from launchbook.lifecycle.platform import Image, Service
from launchbook.lifecycle.probe import Probe, Request


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


def kinds(platform, keep=False):
    return [phase.kind for phase in _phases(platform, keep)]


def test_what_a_platform_does_not_have_is_left_out(platform):
    assert kinds(platform) == ["plan", "apply", "verify", "destroy", "sweep"]
    served = replace(
        platform,
        images=(Image(repository="r", source=Path(), stable="stable"),),
        services=(Service(name="web", cluster="c"),),
    )
    assert kinds(served, keep=True) == ["plan", "apply", "verify", "release"]
    probed = replace(platform, probe=Probe(request=Request(method="POST", url="http://x"), proofs=()))
    assert kinds(probed) == ["plan", "apply", "verify", "validate", "destroy", "sweep"]


def test_only_what_is_released_needs_a_commit(platform):
    _released_from_a_commit(platform)
    with pytest.raises(UsageError, match="this platform can't be released"):
        _released_from_a_commit(
            replace(
                platform,
                images=(Image(repository="r", source=Path(), stable="stable"),),
                services=(Service(name="web", cluster="c"),),
            )
        )
