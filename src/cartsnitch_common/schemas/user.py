"""Users and their accounts at stores; what is secret goes in and never comes out."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr

from cartsnitch_common.constants import AccountStatus
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import Email, JsonObject, OpenAccountStatus, Text100, UtcDateTime


class UserCreate(RequestBody):
    """A new user; the API hashes the password before anything is stored."""

    email: Email
    password: Annotated[SecretStr, Field(min_length=8, max_length=128)]
    display_name: Text100 | None = None


class UserRead(RowRead):
    """A user, without the password or its hash."""

    email: str
    display_name: str | None = None


class UserStoreAccountCreate(RequestBody):
    """A user's login at a store; `session_data` is stored encrypted and shown to nobody."""

    user_id: UUID
    store_id: UUID
    session_data: Annotated[JsonObject | None, Field(repr=False)] = None
    session_expires_at: UtcDateTime | None = None
    last_sync_at: UtcDateTime | None = None
    status: AccountStatus = AccountStatus.ACTIVE


class UserStoreAccountRead(RowRead):
    """A user's login at a store, without its session."""

    user_id: UUID
    store_id: UUID
    session_expires_at: UtcDateTime | None = None
    last_sync_at: UtcDateTime | None = None
    status: OpenAccountStatus
