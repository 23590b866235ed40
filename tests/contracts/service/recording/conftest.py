"""The recorder of the tests of what handlers hand on and decode; others have one of their own."""

from pathlib import Path

import pytest

import doubled_styles
from cartsnitch_contracts.service.recording import Recorder


@pytest.fixture
def recorder():
    """Of a service that consumes prices, whose code is the handlers'."""
    recorder = Recorder(
        "stickershock", [Path(doubled_styles.__file__)], consumes=["cartsnitch.prices.updated"]
    )
    with recorder.recording():
        yield recorder
