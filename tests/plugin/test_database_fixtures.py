"""The Postgres fixtures, as a service's tests use them."""

import pytest

TWO_STORES = """
    from cartsnitch_common.models import Store
    from sqlalchemy import func, select, text

    def store(slug="meijer"):
        return Store(name=slug.title(), slug=slug)
"""


def test_a_first_test_works_as_it_stands(run):
    """A session fixture is all that a service's first test needs."""
    result = run(
        TWO_STORES
        + """
    def test_store(db_session):
        db_session.add(store())
        db_session.commit()

        assert db_session.scalars(select(Store.slug)).all() == ["meijer"]
    """
    )

    result.assert_outcomes(passed=1)


def test_no_test_sees_the_rows_of_another(run):
    """Rows committed through the session, a second engine or psycopg are gone in the next test."""
    result = run(
        TWO_STORES
        + """
    import psycopg, pytest
    from sqlalchemy import create_engine

    @pytest.mark.parametrize("turn", range(3))
    def test_alone(db_session, database_url, turn):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        db_session.add(store())
        db_session.commit()
        second = create_engine(database_url)
        with second.begin() as connection:
            connection.execute(text("INSERT INTO stores (name, slug) VALUES ('Kroger', 'kroger')"))
        second.dispose()
        with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
            connection.execute("INSERT INTO stores (name, slug) VALUES ('Target', 'target')")
        assert db_session.scalar(select(func.count()).select_from(Store)) == 3
    """
    )

    result.assert_outcomes(passed=3)


def test_all_fixtures_of_a_test_see_one_database(run):
    """What the sync session commits, the engine, the URL and the asynchronous session read."""
    result = run(
        TWO_STORES
        + """
    from sqlalchemy import make_url

    async def test_one(db_session, db_engine, async_db_engine, async_db_session, database_url):
        db_session.add(store())
        db_session.commit()

        count = select(func.count()).select_from(Store)
        assert db_engine.url == async_db_engine.url == make_url(database_url)
        with db_engine.connect() as connection:
            assert connection.scalar(count) == 1
        async with async_db_engine.connect() as connection:
            assert await connection.scalar(count) == 1
        assert await async_db_session.scalar(count) == 1
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=1)


LEFTOVERS = """
    import psycopg, pytest
    from sqlalchemy import create_engine

    STORE = "INSERT INTO stores (name, slug) VALUES ('Kroger', 'kroger')"
    USER = "INSERT INTO users (email, hashed_password) VALUES (gen_random_uuid(), 'x')"

    def plain(url, statement, autocommit=False):
        connection = psycopg.connect(url, autocommit=autocommit, application_name="mine")
        connection.execute(statement)
        return connection

    def failing(url):
        connection = psycopg.connect(url)
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1 / 0")
        return connection

    def at_work(url):
        connection = psycopg.connect(url, autocommit=True)
        connection.pgconn.send_query(b"SELECT pg_sleep(600)")
        connection.pgconn.flush()
        active = "SELECT FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
        with psycopg.connect(url, autocommit=True) as observer:
            while observer.execute(active, [connection.info.backend_pid]).fetchone() is None:
                pass
        return connection

    LEFTOVERS = {
        "an open transaction of 'mine'": lambda url, engine: plain(url, "LOCK TABLE stores"),
        "last statement: INSERT INTO stores": lambda url, engine: plain(url, STORE),
        "a LISTEN of 'mine'": lambda url, engine: plain(url, "LISTEN news", autocommit=True),
        "an advisory lock": lambda url, engine: plain(url, "SELECT pg_advisory_lock(7)", autocommit=True),
        "a running statement": lambda url, engine: at_work(url),
        "another engine": lambda url, engine: create_engine(engine.url).connect().execute(text(STORE)),
        "an open transaction of 'cartsnitch'": lambda url, engine: engine.connect().execute(text(STORE)),
        "INTO users": lambda url, engine: [
            engine.connect().execute(text(USER)) for _ in range(engine.pool.size())
        ],
    }
    IDLE = {
        "a failed transaction, which holds nothing any more": lambda url, engine: failing(url),
        "nothing": lambda url, engine: None,
        "a connection that is idle": lambda url, engine: plain(url, "SELECT 1", autocommit=True),
        "a closed one that was in a transaction": lambda url, engine: plain(url, STORE).close(),
    }
    kept, lent = [], set()

    def begin(db_session, database_url):
        lent.add(database_url)
        assert len(lent) == 1
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        assert db_session.scalar(text("SELECT pg_try_advisory_lock(7)"))
        db_session.execute(text("SELECT pg_advisory_unlock_all()"))
        db_session.add(store())
        db_session.commit()
"""
UNCLOSED = [
    "-W", "ignore::ResourceWarning",  # the connections that the test leaves behind
    "-W", "ignore::pytest.PytestUnraisableExceptionWarning",
]  # fmt: skip


def test_what_a_test_leaves_running_is_ended_and_named(run):
    """Open transactions, locks, listeners and statements end with their test, in a warning with its name."""
    result = run(
        TWO_STORES
        + LEFTOVERS
        + """
    @pytest.mark.parametrize("what", LEFTOVERS)
    def test_untidy(db_session, db_engine, database_url, what):
        begin(db_session, database_url)
        kept.append(LEFTOVERS[what](database_url.replace("+psycopg", ""), db_engine))

    def test_next(db_session, database_url):
        begin(db_session, database_url)
    """,
        *UNCLOSED,
        "-W",
        "always::cartsnitch_fixtures.servers.errors.LeftoverWarning",
    )

    result.assert_outcomes(passed=9, warnings=8)
    result.stdout.fnmatch_lines_random(
        [
            "*::test_untidy[[]an open transaction of 'mine'] left*: an open transaction of 'mine'*LOCK*",
            "*::test_untidy[[]last statement: INSERT INTO stores] left *last statement: INSERT INTO stores*",
            "*::test_untidy[[]a LISTEN of 'mine'] left on its database: a LISTEN of 'mine'*",
            "*::test_untidy[[]an advisory lock] left on its database: an advisory lock of 'mine'*",
            "*::test_untidy[[]a running statement] left on its database: a running statement*pg_sleep*",
            "*::test_untidy[[]INTO users] left*INTO users*INTO users*INTO users*INTO users*INTO users*",
        ]
    )


def test_idle_connections_stay_without_a_word(run):
    """A pool may keep its connections over the end of a test; closed ones are none."""
    result = run(
        TWO_STORES
        + LEFTOVERS
        + """
    @pytest.mark.parametrize("what", IDLE)
    def test_tidy(db_session, db_engine, database_url, what):
        begin(db_session, database_url)
        kept.append(IDLE[what](database_url.replace("+psycopg", ""), db_engine))

    def test_next():
        idle = kept[2]
        assert idle.execute("SELECT 1").fetchone() == (1,)
        idle.close()
    """,
        *UNCLOSED,
    )

    result.assert_outcomes(passed=5)


def test_an_asynchronous_transaction_that_is_left_open_is_named_too(run):
    """A connection that a test forgot on the asynchronous engine ends in a warning; its session does not."""
    result = run(
        TWO_STORES
        + """
    kept = []

    async def test_untidy(async_db_engine):
        kept.append(await async_db_engine.connect())
        await kept[0].execute(text("LOCK TABLE stores"))

    async def test_tidy(async_db_session):
        await async_db_session.execute(text("LOCK TABLE stores"))

    async def test_next(async_db_session):
        assert await async_db_session.scalar(select(func.count()).select_from(Store)) == 0
    """,
        *UNCLOSED,
        "-o",
        "asyncio_mode=auto",
        "-W",
        "always::cartsnitch_fixtures.servers.errors.LeftoverWarning",
    )

    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*::test_untidy left on its database: an open transaction*LOCK TABLE*"])


def test_a_broken_schema_does_not_reach_the_next_test(run):
    """Where a test dropped a table, the next test gets a database made anew."""
    result = run(
        TWO_STORES
        + """
    def test_drop(db_session):
        db_session.execute(text("DROP TABLE stores CASCADE"))
        db_session.commit()

    def test_next(db_session):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
    """
    )

    result.assert_outcomes(passed=2)


ASYNC_MODES = {
    "pytest-asyncio, auto": ("pytest.mark.filterwarnings('error')", ["-o", "asyncio_mode=auto"]),
    "pytest-asyncio, strict": ("pytest.mark.asyncio", ["-o", "asyncio_mode=strict"]),
    "pytest-asyncio, one loop for the session": (
        "pytest.mark.asyncio(loop_scope='session')",
        ["-o", "asyncio_mode=strict"],
    ),
    "anyio": ("pytest.mark.anyio", ["-p", "no:asyncio"]),
}


@pytest.mark.parametrize(("mark", "options"), ASYNC_MODES.values(), ids=ASYNC_MODES)
def test_async_fixtures_work_in_every_mode(run, mark, options):
    """Sessions, left open or not, and connections that a test leaks end with the test, in whichever loop."""
    result = run(
        f"""
    import gc
    import pytest
    from sqlalchemy import func, select
    from sqlalchemy.ext.asyncio import AsyncSession
    from cartsnitch_common.models import Store

    asynchronous = {mark}
    kept = []

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @asynchronous
    @pytest.mark.parametrize("turn", range(3))
    async def test_session(async_db_session, turn):
        assert await async_db_session.scalar(select(func.count()).select_from(Store)) == 0
        async_db_session.add(Store(name="Meijer", slug="meijer"))
        await async_db_session.commit()
        async_db_session.add(Store(name="Kroger", slug="kroger"))
        await async_db_session.flush()

    @asynchronous
    @pytest.mark.parametrize("turn", range(2))
    async def test_engine(async_db_engine, turn):
        async with AsyncSession(async_db_engine) as session:
            assert await session.scalar(select(func.count()).select_from(Store)) == 0
        leaked = await async_db_engine.connect()
        await leaked.execute(select(Store))
        await leaked.rollback()
        kept.append(leaked)

    @asynchronous
    @pytest.mark.parametrize("turn", range(2))
    async def test_redis(async_redis_client, turn):
        assert await async_redis_client.incr("turns") == 1
        pubsub = async_redis_client.pubsub()
        await pubsub.subscribe("news")
        kept.append(pubsub)

    def test_nothing_is_left():
        kept.clear()
        gc.collect()
    """,
        *options,
    )

    result.assert_outcomes(passed=8)


def test_workers_of_xdist_do_not_disturb_each_other(run):
    """Under -n 2 every worker has a server of its own, and each test an empty database."""
    result = run(
        TWO_STORES
        + """
    import pytest

    @pytest.mark.parametrize("turn", range(12))
    def test_alone(db_session, redis_client, turn):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        assert redis_client.incr("turns") == 1
        db_session.add(store())
        db_session.commit()
    """,
        "-n",
        "2",
    )

    result.assert_outcomes(passed=12)


def test_a_further_database_can_be_borrowed(run):
    """The server fixture lends clones, and databases without tables for tests of migrations."""
    result = run(
        """
    import psycopg

    TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"

    def count(url, query):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            return connection.execute(query).fetchone()[0]

    def test_lend(postgres_server, database_url):
        with postgres_server.database() as clone, postgres_server.empty_database() as empty:
            assert len({clone, empty, database_url}) == 3
            assert count(clone, TABLES) == count(database_url, TABLES) == 11
            assert count(empty, TABLES) == 0
    """
    )

    result.assert_outcomes(passed=1)


def test_encrypted_columns_work_without_configuration(run):
    """A test that stores a session gets a key of its own; the environment is as before afterwards."""
    result = run(
        """
    import os
    from sqlalchemy import select
    from cartsnitch_common.models import Store, User, UserStoreAccount

    def test_secret(db_session):
        store, user = Store(name="Meijer", slug="meijer"), User(email="a@example.com", hashed_password="x")
        account = UserStoreAccount(user=user, store=store, session_data={"token": "t"})
        db_session.add(account)
        db_session.commit()
        db_session.expire_all()

        assert db_session.scalars(select(UserStoreAccount)).one().session_data == {"token": "t"}

    def test_after():
        assert "CARTSNITCH_ENCRYPTION_KEYS" not in os.environ
    """
    )

    result.assert_outcomes(passed=2)
