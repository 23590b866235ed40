"""How a run's servers are chosen, what the header says of it, and which tests are skipped on them."""

from fnmatch import fnmatch

import pytest

HEADER = """
    def test_nothing():
        pass
"""
BACKEND = """
    def test_backend(postgres_server, redis_server):
        print(f"GOT {postgres_server.backend} {redis_server.backend}")
"""


def test_the_header_names_backend_version_and_what_chose_it(run):
    """Before any server runs; the version is the one that will run."""
    result = run(
        """
    def test_version(postgres_server, redis_server):
        print(f"\\nGOT {postgres_server.version}, embedded; {redis_server.version}, fake")
    """,
        "-s",
    )

    result.assert_outcomes(passed=1)
    (header,) = [line for line in result.outlines if line.startswith("cartsnitch: ")]
    assert header.replace(" (the default)", "").removeprefix("cartsnitch: ") == " ".join(
        line.removeprefix("GOT ") for line in result.outlines if "GOT" in line
    )


CHOICES = {
    "the default": ({}, [], "", "embedded", "the default"),
    "ini": ({}, [], "fake", "fake", "ini option cartsnitch_postgres"),
    "environment over ini": (
        {"CARTSNITCH_TEST_POSTGRES": "embedded"}, [], "fake", "embedded", "CARTSNITCH_TEST_POSTGRES",
    ),
    "option over environment": (
        {"CARTSNITCH_TEST_POSTGRES": "url"}, ["--cartsnitch-postgres=fake"], "", "fake",
        "--cartsnitch-postgres=fake",
    ),
    "a URL in the environment": (
        {"CARTSNITCH_TEST_DATABASE_URL": "postgresql://me:secret@test.example:7/x"}, [], "fake", "url",
        "CARTSNITCH_TEST_DATABASE_URL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_option_goes_over_environment_over_ini_over_the_default(run, pytester, monkeypatch, choice):
    """The header tells which of them won, and never a password."""
    environment, options, ini, backend, by = choice
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pytester.makeini(f"[pytest]\ncartsnitch_postgres = {ini}\n")

    result = run(HEADER, *options)

    result.stdout.fnmatch_lines([f"cartsnitch: *, {backend} ({by}); *"])
    assert "secret" not in result.stdout.str()


@pytest.mark.parametrize("backend", ["embedded", "fake"])
def test_both_kinds_of_server_are_the_ones_that_were_asked_for(run, backend):
    """The option chooses what the fixtures start."""
    result = run(BACKEND, f"--cartsnitch-postgres={backend}", f"--cartsnitch-redis={backend}", "-s")

    result.stdout.fnmatch_lines([f"*GOT {backend} {backend}"])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:se#cret@test.example/x",
        "postgresql://me:12/secret@test.example/x",
        "postgresql://me:secret@[::1/x",
        "secret",
    ],
)
@pytest.mark.parametrize("variable", ["CARTSNITCH_TEST_DATABASE_URL", "CARTSNITCH_TEST_REDIS_URL"])
def test_a_url_that_cannot_be_read_stops_no_run_and_shows_no_password(run, monkeypatch, variable, url):
    """The header says as much as is safe."""
    monkeypatch.setenv(variable, url.replace("postgresql", "redis" if "REDIS" in variable else "postgresql"))

    result = run(HEADER)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["cartsnitch: *url (CARTSNITCH_TEST_*_URL)*"])
    assert not any(part in result.stdout.str() for part in ("secret", "cret@", "me:se", "me:12"))


@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["header", "quiet"])
def test_an_unknown_backend_is_refused_by_name(run, quiet):
    """With the names that there are, before any test runs."""
    result = run(HEADER, "--cartsnitch-redis=memcached", *quiet)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*Redis has no backend 'memcached'*embedded*container*url*"])


def test_a_backend_that_cannot_start_is_an_error_and_never_another_backend(run):
    """What was asked for, or nothing."""
    result = run(BACKEND, "--cartsnitch-postgres=url")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*CARTSNITCH_TEST_DATABASE_URL*"])
    assert "GOT" not in result.stdout.str()


def test_a_test_is_skipped_where_its_backend_lacks_what_it_needs(run):
    """The reason says what is lacking and why; the place is the test's own."""
    source = """
    import pytest

    @pytest.mark.needs_postgres("listen")
    def test_listen(db_session):
        pass
    """

    real = run(source, "--cartsnitch-redis=embedded")
    fake = run(source, "--cartsnitch-postgres=fake", "-rs")

    real.assert_outcomes(passed=1)
    fake.assert_outcomes(skipped=1)
    fake.stdout.fnmatch_lines(["SKIPPED*test_a_test_is_skipped*.py:*needs listen*'fake' lacks*"])


def test_the_server_that_a_project_overrides_is_the_one_that_is_asked(run):
    """A capability is looked for in the server that the test will use, not in the one that was chosen."""
    result = run(
        """
    import pytest
    from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS

    @pytest.fixture(scope="session")
    def postgres_server():
        with POSTGRES_BACKENDS["fake"]() as server:
            yield server

    @pytest.mark.needs_postgres("listen")
    def test_listen(db_session):
        pass
    """
    )

    result.assert_outcomes(skipped=1)


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ('needs_postgres("telepathy")', "*knows no capability 'telepathy'*listen*"),
        ('needs_redis("telepathy")', "*knows no capability 'telepathy'*acl*"),
        ('cartsnitch_database("own")', "*takes one of 'clone', 'shared', 'empty', not 'own'*"),
        ('cartsnitch_database(how="own")', "*takes one of 'clone', 'shared', 'empty', not 'own'*"),
        ("cartsnitch_database()", "*takes one of 'clone', 'shared', 'empty', not nothing*"),
    ],
)
def test_a_misspelt_marker_is_an_error(run, marker, said):
    """No test runs under a wish that nobody understood."""
    result = run(
        f"""
    import pytest

    @pytest.mark.{marker}
    def test_plain():
        pass
    """
    )

    assert result.ret != 0
    assert any(fnmatch(line, said) for line in [*result.outlines, *result.errlines])
