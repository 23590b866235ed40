"""Users and their accounts at stores."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import AccountStatus
from cartsnitch_common.encryption import Sealed, current_keys
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.store import Store
from cartsnitch_common.models.types import OpenEnum, SealedJSON, UtcDateTime

if TYPE_CHECKING:
    from cartsnitch_common.models.purchase import Purchase


class User(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """Somebody who logs in; an e-mail address belongs to one user however it is written."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(255))
    hashed_password: Mapped[str] = mapped_column(String(255))
    display_name: Mapped[str | None] = mapped_column(String(100))

    store_accounts: Mapped[list["UserStoreAccount"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )
    purchases: Mapped[list["Purchase"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )


Index("uq_users_email_lower", func.lower(User.email), unique=True)


class UserStoreAccount(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """A user's login at a store; one per user and store."""

    __tablename__ = "user_store_accounts"
    __table_args__ = (UniqueConstraint("user_id", "store_id"), enum_check("status", AccountStatus))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="RESTRICT"), index=True)
    sealed_session: Mapped[Sealed | None] = mapped_column("session_data", SealedJSON())
    session_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    status: Mapped[str] = mapped_column(
        OpenEnum(AccountStatus), default=AccountStatus.ACTIVE, server_default=AccountStatus.ACTIVE.value
    )

    user: Mapped[User] = relationship(back_populates="store_accounts")
    store: Mapped[Store] = relationship(back_populates="user_accounts")

    @property
    def session_data(self) -> Any:
        """The store's session as JSON, decrypted at each reading; assign it anew to change it.

        Raises:
            EncryptionError: no key, an unknown key, or a value that was altered or copied from another row.
        """
        return (
            None
            if self.sealed_session is None
            else current_keys().open(self.sealed_session, self.session_place)
        )

    @session_data.setter
    def session_data(self, value: Any) -> None:
        self.sealed_session = None if value is None else current_keys().seal(value, self.session_place)

    @property
    def session_place(self) -> str:
        """What the sealed value is bound to: table, column and row."""
        return f"user_store_accounts.session_data:{self.id}"
