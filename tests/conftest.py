"""For all tests: pytest's own kit for tests of plugins, and a Hypothesis without a clock."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

# A machine may be as slow as it likes: how long an example takes to make or to run decides nothing.
PATIENT = {*settings().suppress_health_check, HealthCheck.too_slow}
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=list(PATIENT))
settings.load_profile("patient")
