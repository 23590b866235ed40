"""Loaded into every measured run: writes what pytest's own reports say to the file named by `RECORD`."""

import json
import os
import sys
from pathlib import Path

import pytest

REPORTS: list[dict[str, object]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep one phase of a test."""
    REPORTS.append(
        {
            "phase": report.when,
            "start": report.start,
            "seconds": report.duration,
            "error": "" if report.passed else str(report.longrepr),
        }
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write all of them, and whether the run imported SQLAlchemy."""
    if not hasattr(session.config, "workerinput"):
        record = {"reports": REPORTS, "sqlalchemy": "sqlalchemy" in sys.modules}
        Path(os.environ["RECORD"]).write_text(json.dumps(record))
