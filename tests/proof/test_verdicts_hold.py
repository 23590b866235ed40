"""What a report predicts is what happens when two installed releases really meet."""

import pytest

from cartsnitch_contracts.diff.check import check
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.proof import disagreements, exchanged, prove
from release_changes import CHANGES

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_what_is_predicted_happens(change, today, release, empty_database):
    """A direction that is called a break refuses something; every other one passes all that was sent."""
    changed = release(change)
    with changed.process:
        report = check(today.promises, changed.promises)
        observed = prove(report, today, changed, empty_database)

    assert report.findings
    assert report.count(Verdict.UNPROVEN) == 0
    assert {(each.kind, each.subject) for each in observed} == {
        (finding.kind, finding.subject) for finding in report.findings if exchanged(finding)
    }
    assert disagreements(report.findings, observed) == []
