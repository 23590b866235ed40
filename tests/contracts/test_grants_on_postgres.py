"""The script of a service's grants, run on a real Postgres, whose refusals are asserted."""

import psycopg
import pytest
from psycopg import errors, sql

from cartsnitch_contracts.database.granting import grant_script, revoke_script
from cartsnitch_contracts.database.grants import Access, grants_of
from cartsnitch_contracts.library import snapshot
from cartsnitch_fixtures.servers.postgres.address import conninfo

ROLE = 'sticker "shock" o\'clock'
STORE = "INSERT INTO stores (name, slug) VALUES ('Meijer', 'meijer')"
COUPON = """
    INSERT INTO coupons (store_id, title, discount_type, source_url, scraped_at)
    SELECT id, 'Oat milk', 'percent', 'https://example.com', now() FROM stores
"""


@pytest.fixture(scope="module")
def server(postgres_server):
    return postgres_server


@pytest.fixture
def admin(server):
    """Whoever owns the database, which is migrated; what it makes of roles is taken back."""
    with server.database() as url, psycopg.connect(conninfo(url), autocommit=True) as connection:
        before = set(roles(connection))
        yield connection
        for role in set(roles(connection)) - before:
            connection.execute(sql.SQL("DROP OWNED BY {0} CASCADE").format(sql.Identifier(role)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def login(admin):
    """A connection to the same database of another role's."""
    connections = []

    def connect(role=ROLE):
        parameters = admin.info.get_parameters() | {"user": role}
        connections.append(psycopg.connect(**parameters, autocommit=True))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.close()


def roles(connection):
    return [name for (name,) in connection.execute("SELECT rolname FROM pg_roles")]


def script(service="clipartist", role=ROLE, **allowed):
    return grant_script(grants_of(snapshot().database, service, allowed), role)


def privileges(admin, role=ROLE):
    """All that the role was granted on tables, by table."""
    rows = admin.execute(
        "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) "
        "FROM information_schema.table_privileges WHERE grantee = %s GROUP BY 1",
        [role],
    )
    return dict(rows.fetchall())


def test_a_service_uses_its_own_tables_and_no_others(admin, login):
    """Rows are read, added, changed and deleted; a foreign key finds its row in a table that is refused."""
    admin.execute(STORE)
    store = admin.execute("SELECT id FROM stores").fetchone()
    admin.execute(script())
    own = login()

    own.execute(COUPON.replace("SELECT id", "SELECT %s::uuid").replace(" FROM stores", ""), store)
    own.execute("UPDATE coupons SET title = 'Milk'")
    assert own.execute("SELECT title FROM coupons").fetchall() == [("Milk",)]
    own.execute("DELETE FROM coupons")
    assert own.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    for statement in ("SELECT FROM stores", STORE, "UPDATE stores SET name = ''", "DELETE FROM stores"):
        with pytest.raises(errors.InsufficientPrivilege, match="permission denied for table stores"):
            own.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "TRUNCATE coupons",
        "ALTER TABLE coupons ADD COLUMN mine int",
        "DELETE FROM alembic_version",
    ],
)
def test_a_service_changes_nothing_but_rows(admin, login, statement):
    """Neither the schema, nor roles, nor what migration it is at."""
    admin.execute(script())
    own = login()

    with pytest.raises(errors.InsufficientPrivilege):
        own.execute(statement)


def test_what_is_allowed_goes_that_far_only(admin, login):
    """A table that may be read cannot be written; one that may be written can."""
    admin.execute(script(stores=Access.READ, users=Access.WRITE))
    own = login()

    assert own.execute("SELECT count(*) FROM stores").fetchone() == (0,)
    own.execute("INSERT INTO users (email, hashed_password) VALUES ('ada@example.com', 'x')")
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute(STORE)


def test_a_second_run_changes_nothing(admin):
    """Privileges are the same after it."""
    admin.execute(script())
    once = privileges(admin)

    admin.execute(script())

    assert privileges(admin) == once
    assert set(once) == {"coupons", "alembic_version"}


def test_what_is_too_much_is_taken_away(admin, login):
    """Of tables, columns, sequences, the schema and the database, from the role and from everybody."""
    admin.execute(script())
    role = sql.Identifier(ROLE)
    for too_much in (
        "GRANT SELECT ON users TO {}",
        "GRANT SELECT (name), UPDATE (name) ON stores TO {}",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT CREATE ON SCHEMA public TO {}",
        "GRANT CREATE ON DATABASE {database} TO {}",
        "GRANT SELECT ON users TO PUBLIC",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "CREATE VIEW everybody AS SELECT email FROM users; GRANT SELECT ON everybody TO {}",
    ):
        admin.execute(sql.SQL(too_much).format(role, database=sql.Identifier(admin.info.dbname)))

    admin.execute(script())

    assert privileges(admin) == {"coupons": "DELETE INSERT SELECT UPDATE", "alembic_version": "SELECT"}
    own = login()
    for statement in ("SELECT FROM users", "SELECT name FROM stores", "SELECT FROM everybody"):
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)
    for statement in ("CREATE TABLE mine ()", "CREATE SCHEMA mine"):
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)


@pytest.mark.parametrize(
    ("beyond", "said"),
    [
        ("ALTER ROLE {} SUPERUSER", "more than ClipArtist: SUPERUSER$"),
        ("ALTER ROLE {} CREATEROLE CREATEDB", "more than ClipArtist: CREATEDB, CREATEROLE$"),
        ("GRANT pg_read_all_data TO {}", "SELECT on users"),
        ("CREATE ROLE clerk; GRANT SELECT ON users TO clerk; GRANT clerk TO {}", "SELECT on users as clerk"),
        (
            "ALTER ROLE {0} NOINHERIT; CREATE ROLE clerk; GRANT DELETE ON users TO clerk; GRANT clerk TO {0}",
            "more than ClipArtist: DELETE on users as clerk$",
        ),
        ("ALTER TABLE users OWNER TO {}", "more than ClipArtist: ownership of users$"),
        (
            "CREATE VIEW everybody AS SELECT email FROM users; GRANT SELECT ON everybody TO PUBLIC",
            "everybody",
        ),
    ],
)
def test_what_cannot_be_taken_away_fails_the_script(admin, beyond, said):
    """It names what is too much, and leaves all as it was."""
    admin.execute(script(stores=Access.READ))
    admin.execute(sql.SQL(beyond).format(sql.Identifier(ROLE)))

    with pytest.raises(errors.InvalidGrantOperation) as refused:
        admin.execute(script())

    assert refused.match(rf"(?m){said}")
    assert "Nothing was changed." in refused.value.diag.message_hint
    admin.execute("ROLLBACK")
    assert "stores" in privileges(admin)


def test_the_sequence_of_an_own_table_is_usable(admin, login):
    """A column that counts is filled by whoever may insert; another's sequence is not to be touched."""
    admin.execute("ALTER TABLE coupons ADD COLUMN number serial; ALTER TABLE users ADD COLUMN number serial")
    admin.execute(script())
    own = login()

    assert own.execute("SELECT nextval('coupons_number_seq')").fetchone() == (1,)
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT nextval('users_number_seq')")


def test_a_database_that_lacks_a_table_is_left_as_it_was(server, admin):
    """Before it is migrated nothing can be granted, and no role is made."""
    with server.empty_database() as url, psycopg.connect(conninfo(url), autocommit=True) as connection:
        with pytest.raises(errors.UndefinedTable):
            connection.execute(script())
        connection.execute("ROLLBACK")

        assert ROLE not in roles(connection)


def test_all_of_it_can_be_taken_back(admin, login):
    """The role stays, and sees no table; a second run, and one for no role, do no harm."""
    admin.execute(script())

    for _ in range(2):
        admin.execute(revoke_script(ROLE))
    admin.execute(revoke_script("nobody at all"))

    assert privileges(admin) == {}
    with pytest.raises(errors.InsufficientPrivilege, match="coupons"):
        login().execute("SELECT FROM public.coupons")
