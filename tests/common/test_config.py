"""Settings come from the environment, explain what is wrong, and keep their secrets."""

import base64
import os
import subprocess
import sys

import pytest

from cartsnitch_common.config import Settings, get_settings
from cartsnitch_common.errors import ConfigurationError

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Read settings from these variables alone."""

    def read(**variables):
        for name in [name for name in os.environ if name.startswith("CARTSNITCH_")]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(f"CARTSNITCH_{name}", value)
        monkeypatch.chdir(tmp_path)
        get_settings.cache_clear()
        return get_settings()

    yield read
    get_settings.cache_clear()


def test_everything_has_a_default(read):
    """A service on a developer's machine needs no variable at all."""
    settings = read()

    assert settings.database_url == "postgresql+psycopg://cartsnitch:cartsnitch@localhost:5432/cartsnitch"
    assert settings.redis_url == "redis://localhost:6379/0"
    assert settings.encryption_keys == ()


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://me:pw@db:6543/shop",
        "postgres://me:pw@db:6543/shop",
        "postgresql+psycopg2://me:pw@db:6543/shop",
        "postgresql+pg8000://me:pw@db:6543/shop",
        "postgresql+psycopg://me:pw@db:6543/shop",
    ],
)
def test_every_usual_spelling_of_a_url_is_understood(read, written):
    """Hosting platforms write postgres://; other code bases name other drivers."""
    settings = read(DATABASE_URL=written)

    assert settings.database_url == "postgresql+psycopg://me:pw@db:6543/shop"
    assert settings.database_url_sync == settings.database_url


def test_asyncpg_is_kept_for_async_code_and_replaced_for_sync_code(read):
    """A URL that names asyncpg still gives synchronous code a driver that it can use."""
    settings = read(DATABASE_URL="postgresql+asyncpg://me:pw@db/shop?ssl=require")

    assert settings.database_url == "postgresql+asyncpg://me:pw@db/shop?ssl=require"
    assert settings.database_url_sync == "postgresql+psycopg://me:pw@db/shop?sslmode=require"


def test_a_url_of_its_own_for_sync_code_wins(read):
    """Sync code may go around the pooler that async code uses."""
    settings = read(DATABASE_URL="postgresql://pooler/shop", DATABASE_URL_SYNC="postgresql://direct/shop")

    assert settings.database_url_sync == "postgresql+psycopg://direct/shop"


def test_values_are_read_from_a_dotenv_file(read, tmp_path):
    """A `.env` in the working directory counts."""
    (tmp_path / ".env").write_text("CARTSNITCH_LOG_LEVEL=debug\n")

    assert read().log_level == "DEBUG"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db/shop", "PostgreSQL"),
        ("DATABASE_URL", "hunter2", "postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"),
        ("DATABASE_URL", "postgresql://me:hunter2@db:port/shop", "port"),
        ("REDIS_URL", "http://hunter2", "redis://"),
        ("LOG_LEVEL", "hunter2", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("DEBUG", "hunter2", "true or false"),
        ("DATABASE_POOL_SIZE", "hunter2", "1 to 1000"),
        ("DATABASE_STATEMENT_TIMEOUT", "-1", "0 means no limit"),
        ("ENCRYPTION_KEYS", "hunter2", "base64"),
        ("ENCRYPTION_KEYS", base64.b64encode(b"hunter2").decode(), "7 bytes, not 32"),
    ],
)
def test_a_wrong_value_names_the_variable_and_the_shape_but_not_the_value(read, variable, value, expected):
    """The message can be pasted into a ticket."""
    with pytest.raises(ConfigurationError) as caught:
        read(**{variable: value})

    message = str(caught.value)
    assert f"CARTSNITCH_{variable}: " in message
    assert expected in message
    assert "hunter2" not in message
    assert value not in message.replace("0 means no limit", "")


def test_secrets_never_show(read):
    """Neither `repr` nor `str` of the settings gives a password or a key away."""
    settings = read(
        DATABASE_URL="postgresql://me:hunter2@db/shop",
        REDIS_URL="redis://:hunter2@cache/0",
        ENCRYPTION_KEYS=KEY,
    )

    assert "hunter2" not in repr(settings) + str(settings)
    assert KEY not in repr(settings) + str(settings)


def test_several_keys_are_read_newest_first(read):
    """The order of the variable is the order of the ring."""
    older = base64.b64encode(bytes(32)).decode()

    keys = read(ENCRYPTION_KEYS=f"{KEY}, {older}").encryption_keys

    assert [key.get_secret_value() for key in keys] == [KEY, older]


def test_settings_are_read_once_and_not_at_import(read):
    """`get_settings` keeps its result; importing every runtime module reads no variable."""
    read(LOG_LEVEL="ERROR")
    code = (
        "import cartsnitch_common.config as config, cartsnitch_common.database, cartsnitch_common.models, "
        "cartsnitch_common.events; print(config.get_settings.cache_info().misses)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CARTSNITCH_LOG_LEVEL": "nonsense"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert get_settings() is get_settings()
    assert done.stdout.strip() == "0"


def test_every_field_says_what_it_expects():
    """Each description ends up in the error message of its variable."""
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]

    assert undescribed == []
