"""For all tests: pytest's own kit for tests of plugins."""

pytest_plugins = ["pytester"]
