"""A failing test says how to make its receipts again."""

import re

TEST = """
def test_it(receipt_factory):
    receipt_factory(store="target", lines=3)
    receipt = receipt_factory(store="kroger", lines=12)
    assert receipt.total == 0
"""


def test_a_failing_test_prints_the_seeds_of_its_receipts(pytester):
    """Each call that it made, with its seed; said again it gives the same receipt."""
    pytester.makepyfile(TEST)

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(failed=1)
    said = re.findall(r"receipt_factory\(.*?seed.*?\)", result.stdout.str())
    assert said == [
        "receipt_factory(store='target', lines=3, seed=0)",
        "receipt_factory(store='kroger', lines=12, seed=1)",
    ]


def test_a_test_that_passes_says_nothing(pytester):
    """Nor one that failed without a receipt."""
    passes = TEST.replace("== 0", "> 0")
    pytester.makepyfile(passes + "\n\ndef test_no_receipt(receipt_factory):\n    assert 0\n")

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1, failed=1)
    assert "to make again" not in result.stdout.str()
