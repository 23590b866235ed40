"""The history of the CartSnitch schema, and how to bring a PostgreSQL database along it.

    from cartsnitch_migrations import upgrade

    upgrade("postgresql://cartsnitch:secret@localhost/cartsnitch")

The same from a shell: `python -m cartsnitch_migrations upgrade`, `cartsnitch db upgrade`, or in a checkout
`alembic upgrade head`.
"""

from cartsnitch_migrations.commands import check, current, downgrade, upgrade
from cartsnitch_migrations.history import config, head, revisions

__all__ = ["check", "config", "current", "downgrade", "head", "revisions", "upgrade"]
