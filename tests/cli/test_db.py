"""`cartsnitch db`: what it does to a database, says, and exits with."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.orm import Session

from cartsnitch_cli.main import run
from cartsnitch_common.config import get_settings
from cartsnitch_common.encryption import KeyRing
from cartsnitch_common.models import Store, User, UserStoreAccount
from cartsnitch_fixtures.servers.embedded.binaries import find_postgres
from cartsnitch_migrations import check, current, head, upgrade

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
UNREACHABLE = "postgresql://somebody:s3cret@127.0.0.1:1/prices"


@pytest.fixture
def url(postgres_server):
    """A database without tables."""
    with postgres_server.empty_database() as url:
        yield url


@pytest.fixture
def engine(url):
    """An engine that keeps no connection."""
    return create_engine(url, poolclass=NullPool)


@pytest.fixture
def cartsnitch(monkeypatch, capsys):
    """Run the command; gives exit code, output and errors."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # typer sets its own

    def call(*arguments: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"CARTSNITCH_{name.upper()}", value)
        get_settings.cache_clear()
        monkeypatch.setattr(sys, "argv", ["cartsnitch", *arguments])
        code = 0
        try:
            run()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    yield call
    get_settings.cache_clear()


def test_a_database_goes_up_and_down(url, cartsnitch):
    """Upgrade, current, check and downgrade do their part and say where the database is."""
    up = cartsnitch("db", "upgrade", database_url=url)
    where = cartsnitch("db", "current")
    differences = cartsnitch("db", "check")
    down = cartsnitch("db", "downgrade", "-1", "--yes")

    assert [outcome[0] for outcome in (up, where, differences, down)] == [0, 0, 0, 0]
    assert f"is at revision {head()} (head)." in up[1]
    assert where == up
    assert "is as the models say." in differences[1]
    assert current(url) is None


def test_check_lists_what_differs(url, cartsnitch, engine):
    """Each difference is a line, and the exit code is 1."""
    upgrade(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE stores DROP CONSTRAINT ck_stores_slug")

    code, output, _ = cartsnitch("db", "check", "--url", url)

    assert code == 1
    assert "  stores: the CHECK ck_stores_slug is missing\n" in output


def test_a_downgrade_asks_first(url, cartsnitch, monkeypatch):
    """Whoever does not say yes keeps the database."""
    upgrade(url)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))

    code, output, errors = cartsnitch("db", "downgrade", "base", "--url", url)

    assert code == 1
    assert "Data may be lost" in output + errors
    assert check(url) == []


@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
def test_a_newer_database_is_explained(url, cartsnitch, engine, command):
    """The message is on stderr, without a traceback, and the exit code is 2."""
    upgrade(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")

    code, output, errors = cartsnitch("db", command, "--url", url)

    assert (code, output) == (2, "")
    assert errors.startswith("The database is at revision 0999, which cartsnitch-common")


def test_an_unreachable_server_is_named_without_the_password(cartsnitch):
    """Host, port and database stand in the message."""
    code, output, errors = cartsnitch("db", "upgrade", database_url=UNREACHABLE)

    assert (code, output) == (2, "")
    assert "127.0.0.1, port 1, database prices" in errors
    assert "s3cret" not in errors


def test_the_installed_command_ends_without_a_traceback():
    """The entry point itself: exit code 2 and a message, also for a setting that cannot be read."""
    command = Path(sys.executable).with_name("cartsnitch")
    environment = {"CARTSNITCH_DATABASE_URL": "mysql://somebody:s3cret@host/prices"}

    result = subprocess.run(
        [command, "db", "current"], capture_output=True, text=True, env=environment, check=False
    )

    assert result.returncode == 2
    assert result.stderr.startswith("The settings cannot be read:\n  CARTSNITCH_DATABASE_URL: ")
    assert "Traceback" not in result.stderr
    assert "s3cret" not in result.stderr


@pytest.fixture
def accounts(url, engine):
    """Three accounts whose sessions are sealed with the old key."""
    upgrade(url)
    ring = KeyRing([base64.b64decode(OLD)])
    with Session(engine, expire_on_commit=False) as session, session.begin():
        store = Store(name="Meijer", slug="meijer")
        users = [User(email=f"u{number}@example.com", hashed_password="x") for number in range(3)]
        accounts = [UserStoreAccount(user=user, store=store) for user in users]
        for account in accounts:
            account.sealed_session = ring.seal({"pin": "hush"}, account.session_place)
        session.add_all(accounts)
    return accounts


def test_keys_are_rotated(url, cartsnitch, accounts, engine):
    """Every session is sealed with the newest key, and the closing line says so."""
    kid = KeyRing([base64.b64decode(NEW)]).newest

    code, output, errors = cartsnitch("db", "rotate-keys", "--url", url, encryption_keys=f"{NEW},{OLD}")

    with engine.connect() as connection:
        kids = connection.exec_driver_sql("SELECT DISTINCT session_data ->> 'kid' FROM user_store_accounts")
        assert kids.all() == [(kid,)]
    assert code == 0
    assert output == (
        f"3 sessions re-encrypted with key {kid}. "
        "Older keys can be removed from CARTSNITCH_ENCRYPTION_KEYS.\n"
    )
    assert re.search(r"Rotating keys .* 3/3", errors)


def test_sessions_that_cannot_be_opened_are_named(url, cartsnitch, accounts):
    """Without their key they stay, each row is named without its content, and the exit code is 1."""
    code, output, errors = cartsnitch("db", "rotate-keys", "--url", url, encryption_keys=NEW)

    assert code == 1
    assert output.endswith("3 cannot be opened. Keep the older keys.\n")
    assert all(f"Row {account.id}: The value at user_store_accounts" in errors for account in accounts)
    assert "hush" not in output + errors


def test_rotation_needs_a_key_and_tables(url, cartsnitch):
    """Both lacks are explained: no key, and a database that was never migrated."""
    empty = cartsnitch("db", "rotate-keys", "--url", url, encryption_keys=NEW)
    upgrade(url)
    keyless = cartsnitch("db", "rotate-keys", "--url", url, encryption_keys="")

    assert empty[0] == keyless[0] == 2
    assert "Run: cartsnitch db upgrade" in empty[2]
    assert "Set CARTSNITCH_ENCRYPTION_KEYS" in keyless[2]


@pytest.fixture
def psql(postgres_server):
    """Run a script by psql on a migrated database: `psql(script)`; roles that it made are dropped."""
    with postgres_server.database() as url:
        parameters = make_url(url)

        def call(script: str, *, user: str = parameters.username) -> subprocess.CompletedProcess[str]:
            command = [find_postgres().folder / "psql", "-X", "-v", "ON_ERROR_STOP=1"]
            address = parameters.set(drivername="postgresql", username=user).render_as_string()
            return subprocess.run(
                [*command, address], input=script, capture_output=True, text=True, check=False
            )

        yield call
        call("DROP OWNED BY app CASCADE; DROP ROLE app")


def test_grants_are_what_psql_runs(cartsnitch, psql):
    """The script goes through psql twice; the role reads its own table, and is refused another's."""
    code, script, _ = cartsnitch("db", "grants", "clipartist", "--role", "app")

    granted = [psql(script) for _ in range(2)]
    own = psql("SELECT count(*) FROM coupons", user="app")
    foreign = psql("SELECT count(*) FROM stores", user="app")

    assert code == 0
    assert [run.returncode for run in granted] == [0, 0]
    assert own.returncode == 0
    assert "permission denied for table stores" in foreign.stderr


def test_grants_are_taken_back(cartsnitch, psql):
    """With --revoke the script leaves the role with nothing."""
    psql(cartsnitch("db", "grants", "clipartist", "--role", "app")[1])

    revoked = psql(cartsnitch("db", "grants", "clipartist", "--role", "app", "--revoke")[1])

    assert revoked.returncode == 0
    assert "permission denied" in psql("SELECT count(*) FROM public.coupons", user="app").stderr


def test_grants_heed_an_allow_list(cartsnitch, psql, tmp_path):
    """What it allows is granted until its day is past; then nothing is printed, and the exit code is 2."""
    file = tmp_path / "pyproject.toml"
    entry = '{table = "stores", access = "read", reason = "no call yet", expires = 9999-12-31}'
    lines = ["[tool.cartsnitch]", 'service = "clipartist"', f"database = {{allow = [{entry}]}}"]
    file.write_text("\n".join(lines), encoding="utf-8")

    psql(cartsnitch("db", "grants", "clipartist", "--role", "app", "--allow-from", str(file))[1])
    file.write_text(file.read_text(encoding="utf-8").replace("9999", "2025"), encoding="utf-8")
    code, output, errors = cartsnitch("db", "grants", "clipartist", "--allow-from", str(file))

    other = cartsnitch("db", "grants", "shrinkray", "--allow-from", str(file))

    assert psql("SELECT count(*) FROM stores", user="app").returncode == 0
    assert (code, output) == (2, "")
    assert "stores was allowed until 2025-12-31: no call yet. Ask ReceiptWitness through REST" in errors
    assert "is ClipArtist's, and allows ShrinkRay nothing" in other[2]
