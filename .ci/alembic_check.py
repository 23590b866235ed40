"""`alembic upgrade head` and `alembic check` at the root of the checkout, on a Postgres of their own."""

import os
import subprocess
import sys

from cartsnitch_fixtures.servers.postgres import embedded_postgres


def main() -> int:
    """0 when the migrated database is what the models say."""
    with embedded_postgres() as server, server.empty_database() as url:
        environment = {**os.environ, "CARTSNITCH_DATABASE_URL": url}
        for command in (["upgrade", "head"], ["check"]):
            done = subprocess.run([sys.executable, "-m", "alembic", *command], env=environment, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
