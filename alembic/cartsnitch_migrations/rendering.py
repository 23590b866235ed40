"""How the models' types are written into a new revision: as plain SQLAlchemy.

A revision stays as it was when the models' code moves on, so it never imports that code.
"""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, TypeDecorator

from cartsnitch_common.models.types import SealedJSON


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """The source text of one of our types; False leaves everything else to Alembic."""
    if kind != "type":
        return False
    if isinstance(item, JSON | SealedJSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB()"
    if isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False
