"""Settings of a service, from the environment (prefix `CARTSNITCH_`) and a `.env` file.

Nothing is read at import: the first `get_settings()` reads, and keeps the result for the process.

    settings = get_settings()
    settings.database_url      # what you wrote, made ready for SQLAlchemy
    get_settings.cache_clear() # read anew (tests that set the environment)
"""

import base64
import binascii
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cartsnitch_common import urls
from cartsnitch_common.errors import ConfigurationError

__all__ = ["Settings", "get_settings"]

PREFIX = "CARTSNITCH_"
KEY_BYTES = 32
KEYS_HINT = (
    'Make a key with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())" '
    "and list several with commas, the newest first."
)


class Settings(BaseSettings):
    """What a service needs to know of its surroundings; every field has a variable `CARTSNITCH_<FIELD>`.

    Durations are in seconds. Secrets (`encryption_keys`, passwords in URLs) never show in `repr`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,
    )

    database_url: str = Field(
        default="postgresql+psycopg://cartsnitch:cartsnitch@localhost:5432/cartsnitch",
        repr=False,
        description=f"One URL for sync and async code, like {urls.SHAPE}.",
    )
    database_url_sync: str = Field(
        default="",
        repr=False,
        description="Only where sync code must take another route; derived unless set.",
    )
    redis_url: str = Field(
        default="redis://localhost:6379/0",
        repr=False,
        description="Like redis://:PASSWORD@HOST:6379/0, rediss:// for TLS, or unix:///PATH.",
    )
    debug: bool = Field(default=False, description="true or false; echoes SQL.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    database_pool_size: int = Field(default=5, ge=1, le=1000, description="Connections kept, 1 to 1000.")
    database_max_overflow: int = Field(
        default=10, ge=0, le=1000, description="Connections beyond, 0 to 1000."
    )
    database_pool_timeout: float = Field(default=30, gt=0, description="Seconds to wait for a connection.")
    database_pool_recycle: float = Field(
        default=1800, gt=0, description="Seconds after which one is replaced."
    )
    database_connect_timeout: int = Field(default=5, ge=1, description="Whole seconds to connect, 1 or more.")
    database_statement_timeout: float = Field(default=30, ge=0, description="Seconds; 0 means no limit.")
    database_lock_timeout: float = Field(default=5, ge=0, description="Seconds; 0 means no limit.")
    database_idle_timeout: float = Field(
        default=60, ge=0, description="Seconds a transaction may lie idle; 0 means no limit."
    )
    database_pgbouncer: bool = Field(
        default=False,
        description="true behind PgBouncer in transaction mode: no prepared statements, no pool.",
    )
    redis_timeout: float = Field(
        default=5, gt=0, description="Seconds to connect to Redis or to await a reply."
    )
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description=f"Base64 of {KEY_BYTES} bytes each, newest first. {KEYS_HINT}"
    )

    @field_validator("database_url", "database_url_sync")
    @classmethod
    def _understand_url(cls, value: str) -> str:
        return value and urls.parse_database_url(value).render_as_string(hide_password=False)

    @field_validator("redis_url")
    @classmethod
    def _understand_redis(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("a Redis URL starts with redis://, rediss:// or unix://")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("encryption_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return [key.strip() for key in value.split(",") if key.strip()] if isinstance(value, str) else value

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for number, key in enumerate(value, 1):
            try:
                size = len(base64.b64decode(key.get_secret_value(), validate=True))
            except (binascii.Error, ValueError):
                raise ValueError(f"key {number} is not base64") from None
            if size != KEY_BYTES:
                raise ValueError(f"key {number} holds {size} bytes, not {KEY_BYTES}")
        return value

    @model_validator(mode="after")
    def _derive(self) -> Self:
        source = self.database_url_sync or self.database_url
        self.database_url_sync = urls.sync_url(urls.parse_database_url(source)).render_as_string(
            hide_password=False
        )
        return self


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigurationError: a value cannot be understood; each line names the variable, what was wrong with it
            and what it should look like, without repeating the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = ["The settings cannot be read:"]
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = Settings.model_fields.get(name)
        expected = f" Expected: {field.description}" if field else ""
        message = problem["msg"].removeprefix("Value error, ").rstrip(".")
        lines.append(f"  {PREFIX}{name.upper()}: {message}.{expected}")
    lines.append("Set the variable in the environment or in .env.")
    return "\n".join(lines)
