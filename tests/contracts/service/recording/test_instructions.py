"""The expressions of a piece of code, which are the same ones on every Python."""

import pytest

from cartsnitch_contracts.service.recording.instructions import positions


@pytest.mark.parametrize("arguments", ['"why"', 'reason="why"', '"why", *more', "**more"])
def test_the_call_that_makes_an_exception_is_no_expression_of_its_own(arguments):
    """However it is given its arguments, which do count, as does the name of the exception."""
    source = f"raise Refused({arguments})"

    found = {
        source.encode()[first:last].decode() for _, _, first, last in positions(compile(source, "", "exec"))
    }

    assert f"Refused({arguments})" not in found
    assert "Refused" in found
