"""What this service alone needs to know; Redis is a setting of `cartsnitch_common`."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every field has a variable `STICKERSHOCK_<FIELD>`; durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="STICKERSHOCK_", env_file=".env", extra="ignore")

    service_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        min_length=1, description="The keys that callers may send in X-Service-Key, with commas between."
    )
    receiptwitness_url: str = Field(description="Where ReceiptWitness is served: http://receiptwitness:8000.")
    receiptwitness_key: SecretStr = Field(description="The key that ReceiptWitness knows this service by.")
    receiptwitness_timeout: float = Field(default=10, gt=0, description="How long to wait for its answers.")
    catch_up_every: float = Field(
        default=900, gt=0, description="How often to ask for prices whose events may have been lost."
    )
    percent: Decimal = Field(default=Decimal(2), gt=0, description="A smaller increase is not worth telling.")

    @field_validator("service_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [key.strip() for key in value.split(",") if key.strip()] if isinstance(value, str) else value
