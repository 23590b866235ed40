"""What this service alone needs to know; database and Redis are settings of `cartsnitch_common`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every field has a variable `RECEIPTWITNESS_<FIELD>`; durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="RECEIPTWITNESS_", env_file=".env", extra="ignore")

    service_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        min_length=1, description="The keys that callers may send in X-Service-Key, with commas between."
    )
    pages: Path = Field(description="The folder that account pages are read from, STORE/USER.jsonl.")
    sync_pause: int = Field(default=60, ge=0, description="How long after a sync the next one may start.")
    sync_patience: int = Field(default=900, ge=1, description="After this time a running sync is given up.")

    @field_validator("service_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [key.strip() for key in value.split(",") if key.strip()] if isinstance(value, str) else value
