"""The fixtures as a service bends them to its own needs, and counting what its code sends."""

MODELS = """
    import pytest
    from sqlalchemy import select, text
    from cartsnitch_common.models import Purchase, Store
"""


def test_statements_are_counted_whoever_sends_them(run):
    """Of the fixtures' engines and of the service's own; a limit that is passed names the repeats."""
    result = run(
        MODELS
        + """
    from cartsnitch_common.database import session_scope, dispose_engines

    async def test_count(db_session, async_db_session, database_url, query_count):
        db_session.execute(select(Store))
        await async_db_session.execute(select(Store))
        with session_scope(database_url) as session:
            session.execute(select(Purchase))
        dispose_engines()

        assert query_count.count == len(query_count.statements) == 3
        assert query_count.statements[2].startswith("SELECT purchases.id")

    def test_limit(db_session, purchase_factory, query_count):
        for _ in range(3):
            purchase_factory.create_sync()
        db_session.expire_all()

        with query_count.at_most(1):
            db_session.scalars(select(Store)).all()
        with pytest.raises(AssertionError, match="(?s)4 statements were sent, and at most 1 .*:.*3 x SELECT"):
            with query_count.at_most(1):
                for purchase in db_session.scalars(select(Purchase)):
                    len(purchase.items)

    def test_next(query_count):
        assert query_count.count == 0
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=3)


def test_a_service_may_bring_its_own_engine_and_sessions(run):
    """`db_session` and the factories follow an overridden `db_engine`; so does a sessionmaker."""
    result = run(
        MODELS
        + """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    @pytest.fixture
    def db_engine(database_url):
        engine = create_engine(database_url, connect_args={"application_name": "clipartist"})
        yield engine
        engine.dispose()

    @pytest.fixture
    def make_session(db_engine):
        return sessionmaker(db_engine)

    @pytest.mark.parametrize("turn", range(2))
    def test_own(db_session, make_session, store_factory, turn):
        store_factory.create_sync(name="Meijer")

        with make_session() as session:
            assert session.scalars(select(Store.name)).all() == ["Meijer"]
            assert session.scalar(text("SHOW application_name")) == "clipartist"
        assert db_session.scalar(text("SHOW application_name")) == "clipartist"
    """
    )

    result.assert_outcomes(passed=2)


def test_an_image_may_be_chosen_in_code(run):
    """`postgres_image` and `redis_image` are what the container backend is told."""
    result = run(
        """
    import pytest

    def test_image(postgres_image, redis_image):
        assert (postgres_image, redis_image) == ("postgres:16", "redis:8")
    """,
        "--cartsnitch-postgres-image=postgres:16",
    )

    result.assert_outcomes(passed=1)


def test_an_endpoint_of_fastapi_uses_the_tests_database(run):
    """`dependency_overrides` puts the test's session, or its URL, in the place of the service's own."""
    result = run(
        MODELS
        + """
    from typing import Annotated
    import httpx
    from fastapi import Depends, FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession
    from cartsnitch_common.database import get_async_session

    app = FastAPI()

    @app.get("/stores")
    async def stores(session: Annotated[AsyncSession, Depends(get_async_session)]) -> list[str]:
        return list(await session.scalars(select(Store.name)))

    @pytest.fixture
    def client(async_db_engine):
        async def session():
            async with AsyncSession(async_db_engine) as session:
                yield session

        app.dependency_overrides[get_async_session] = session
        yield httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        app.dependency_overrides.clear()

    async def test_stores(client, store_factory):
        store_factory.create_sync(name="Meijer")

        assert (await client.get("/stores")).json() == ["Meijer"]
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=1)


def test_a_database_that_the_kit_did_not_make_is_refused(run):
    """An overridden `database_url` that leads elsewhere fails at the first use, before any write."""
    result = run(
        MODELS
        + """
    import psycopg

    @pytest.fixture
    def database_url(postgres_server):
        url = postgres_server.address.url("postgres")
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS stores (id int)")
        return url

    def test_elsewhere(db_session, store_factory):
        store_factory.create_sync()

    async def test_elsewhere_too(async_db_session):
        await async_db_session.execute(text("DELETE FROM stores"))
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*The database 'postgres' is not one that the test kit made*"] * 2)
