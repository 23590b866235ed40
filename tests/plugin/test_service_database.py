"""The database as the service's own code sees it: what Postgres refuses it, and how a failure says so."""

import pytest

pytestmark = pytest.mark.services

SERVICE = """
    import asyncio
    import asyncpg, psycopg, pytest
    from sqlalchemy import create_engine, delete, func, insert, select, text
    from sqlalchemy.exc import ProgrammingError
    from sqlalchemy.ext.asyncio import create_async_engine
    from cartsnitch_common.models import Coupon, NormalizedProduct, Store, User

    def execute(url, statement):
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                result = connection.execute(statement)
                return result.fetchall() if result.returns_rows else None
        finally:
            engine.dispose()
"""
ALLOW = """
[tool.cartsnitch.database]
allow = [{table = "stores", access = "read", reason = "no call yet", expires = 2999-12-31}]
"""
DECLARED = pytest.mark.parametrize("contracts", [False, True], ids=["plain", "contracts"])


@DECLARED
def test_a_service_works_on_its_own_tables_alone(project, contracts):
    """Rows that others own are arranged through the session; the service uses its own by its URL."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_coupons.py",
        SERVICE
        + """
    @pytest.mark.parametrize("turn", range(3))
    def test_own(coupon_factory, db_session, service_database_url, turn):
        coupon_factory.create_sync()

        assert len(execute(service_database_url, select(Coupon.id))) == 1
        execute(service_database_url, delete(Coupon))
        assert execute(service_database_url, text("SELECT count(*) FROM alembic_version")) == [(1,)]
        for statement in (select(Store), delete(User), text("CREATE TABLE mine ()")):
            with pytest.raises(ProgrammingError, match="permission denied|Insufficient"):
                execute(service_database_url, statement)
        assert db_session.scalar(select(func.count()).select_from(Coupon)) == 0

    async def test_async(service_database_url, store_factory):
        engine = create_async_engine(service_database_url)
        async with engine.connect() as connection:
            assert await connection.scalar(select(func.count()).select_from(Coupon)) == 0
        await engine.dispose()

    @pytest.mark.cartsnitch_database("clone")
    def test_clone(service_database_url):
        assert execute(service_database_url, select(Coupon.id)) == []
    """,
    )

    result = project.run("-o", "asyncio_mode=auto", "-p", "no:randomly", "tests", contracts=contracts)

    assert result.parseoutcomes()["passed"] == 5
    assert "failed" not in result.parseoutcomes()


def test_a_refusal_says_whose_table_it_is_and_what_to_do(project):
    """Owner, the call to use, the allow-list; whichever driver, and however deep it is wrapped."""
    project.declare(ALLOW, service="stickershock", database=True)
    project.write(
        "tests/test_refusals.py",
        SERVICE
        + """
    def test_read(service_database_url):
        execute(service_database_url, select(NormalizedProduct.id))

    def test_write(service_database_url):
        execute(service_database_url, insert(Store).values(name="Meijer", slug="meijer"))

    def test_raw(service_database_url):
        with psycopg.connect(service_database_url.replace("+psycopg", "")) as connection:
            connection.execute("SELECT FROM users")

    async def test_asyncpg(service_database_url):
        url = service_database_url.replace("+psycopg", "+asyncpg")
        engine = create_async_engine(url)
        try:
            async with engine.connect() as connection:
                await connection.execute(select(Coupon.id))
        finally:
            await engine.dispose()

    def test_wrapped(service_database_url):
        try:
            execute(service_database_url, select(NormalizedProduct.id))
        except ProgrammingError as error:
            raise ExceptionGroup("it failed", [RuntimeError("unavailable"), ValueError("x")]) from error

    def test_table(service_database_url):
        execute(service_database_url, text("CREATE TABLE mine ()"))
    """,
    )

    result = project.run("-o", "asyncio_mode=auto", contracts=False)

    result.assert_outcomes(failed=6)
    shown = "\n".join(line.removeprefix("E").strip() for line in result.outlines)
    for said in (
        "normalized_products is ReceiptWitness's table, and StickerShock may not read it: through REST",
        "instead  call receiptwitness:GET /products/{id}",
        'allow = [{table = "normalized_products", access = "read", reason = "...", expires = YYYY-MM-DD}]',
        "stores is ReceiptWitness's table, and StickerShock may not write it",
        "allowed  to read it, until 2999-12-31: no call yet",
        "instead  have ReceiptWitness write it: on a call, or on an event that it is subscribed to",
        "users is API's table, and StickerShock may not use it",
        "instead  ask for a call of API that answers with it: there is none yet",
        "coupons is ClipArtist's table, and StickerShock may not read it",
        "instead  call clipartist:GET /coupons/relevant, once StickerShock is among its callers",
        "The schema is made by the migrations of cartsnitch-common alone",
    ):
        assert said in shown
    reports = shown.partition("short test summary")[0]  # in CI the summary says it all again
    assert reports.count("normalized_products is ReceiptWitness's table") == 2


def test_what_is_allowed_is_not_refused(project):
    """An entry of the allow-list reads another's table until its day is past."""
    project.declare(ALLOW, service="stickershock", database=True)
    project.write(
        "tests/test_stores.py",
        SERVICE
        + """
    def test_read(service_database_url, store_factory):
        store_factory.create_sync()

        assert len(execute(service_database_url, select(Store.id))) == 1
    """,
    )

    project.run(contracts=False).assert_outcomes(passed=1)


def test_a_role_that_is_made_late_changes_nothing_for_others(project):
    """Tests before and after the first that asks for it find an empty database, and no warning is given."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_order.py",
        SERVICE
        + """
    def test_before(db_session, store_factory):
        store_factory.create_sync()

    def test_first(service_database_url, database_url, db_session):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        assert execute(service_database_url, select(Coupon.id)) == []

    def test_after(db_session, database_url):
        assert execute(database_url, select(Store.id)) == []

    def test_again(service_database_url):
        assert execute(service_database_url, select(Coupon.id)) == []
    """,
    )

    project.run(contracts=False).assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("declared", "test", "said"),
    [
        (
            True,
            "def test(database_url, request): request.getfixturevalue('service_database_url')",
            "Name service_",
        ),
        (
            True,
            "@pytest.mark.cartsnitch_database('empty')\n    def test(service_database_url): ...",
            "a database without tables, where the service may do nothing",
        ),
        (False, "def test(service_database_url): ...", "has no table [[]tool.cartsnitch]"),
    ],
    ids=["too late", "empty", "undeclared"],
)
def test_where_it_cannot_be_had_the_error_says_what_to_do(project, declared, test, said):
    """Asked for in the midst of a test, on a database without tables, by a service that nobody knows."""
    project.declare("", service="clipartist", database=True)
    if not declared:
        project.write("pyproject.toml", '[project]\nname = "x"\n')
    project.write("tests/test_it.py", f"\n    import pytest\n    {test}\n")

    result = project.run("tests", contracts=False)

    assert result.parseoutcomes().keys() & {"failed", "errors"}
    result.stdout.fnmatch_lines([f"*{said}*"])


def test_the_fake_has_no_roles(project):
    """A test that needs them is skipped by its marker; one without it fails, and says so."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_it.py",
        """
    import pytest

    @pytest.mark.needs_postgres("roles")
    def test_skipped(service_database_url): ...

    def test_loud(service_database_url): ...
    """,
    )

    result = project.run("--cartsnitch-postgres=fake", contracts=False)

    result.assert_outcomes(skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*service_database_url needs roles, which backend 'fake' lacks: *"])


def test_on_the_fake_the_services_code_works_all_the_same(project):
    """There the environment leads to the one database that there is."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_it.py",
        """
    from cartsnitch_common.database import session_scope
    from cartsnitch_common.models import Coupon

    def test_environment(service_environment, coupon_factory):
        coupon_factory.create_sync()
        with session_scope() as session:
            assert session.query(Coupon).count() == 1
    """,
    )

    project.run("--cartsnitch-postgres=fake", contracts=False).assert_outcomes(passed=1)


def test_the_services_settings_lead_to_its_role(project):
    """What its own engines do, Postgres refuses where it is another's."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_it.py",
        """
    import pytest
    from cartsnitch_common.database import session_scope
    from cartsnitch_common.models import Coupon, Store

    def test_own(service_environment):
        with session_scope() as session:
            assert session.query(Coupon).count() == 0

    def test_foreign(service_environment):
        with session_scope() as session:
            session.query(Store).count()
    """,
    )

    result = project.run(contracts=False)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*stores is ReceiptWitness's table, and ClipArtist may not read it*"])


def test_the_promises_about_the_database_are_collected(project):
    """Each is a test that can be run by its id; on the fake those that cannot be told are skipped."""
    project.declare("", service="clipartist", database=True)
    node = "pyproject.toml::database[grants]"

    kept = project.run("-rA", "-k", "database")
    alone = project.run(node)
    fake = project.run("-rs", "-k", "database", "--cartsnitch-postgres=fake")

    for promise in ("schema", "grants", "migrations"):
        assert f"PASSED pyproject.toml::database[{promise}]" in kept.stdout.str()
    alone.assert_outcomes(passed=1)
    assert fake.parseoutcomes()["skipped"] == 2
    assert "failed" not in fake.parseoutcomes()


def test_a_project_that_lends_itself_more_is_found_out(project):
    """A conftest that hands the service the privileged URL breaks the promise of its grants."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/conftest.py",
        """
    import pytest

    @pytest.fixture
    def service_database_url(database_url):
        return database_url
    """,
    )

    result = project.run("pyproject.toml::database[grants]")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*it may DELETE, INSERT, SELECT, UPDATE users, which is API's*"])


def test_workers_have_roles_of_their_own(project):
    """Under xdist each worker's server has one."""
    project.declare("", service="clipartist", database=True)
    project.write(
        "tests/test_it.py",
        SERVICE
        + """
    @pytest.mark.parametrize("turn", range(6))
    def test_own(service_database_url, coupon_factory, turn):
        coupon_factory.create_sync()

        assert len(execute(service_database_url, select(Coupon.id))) == 1
    """,
    )

    project.run("-n", "2", contracts=False).assert_outcomes(passed=6)
