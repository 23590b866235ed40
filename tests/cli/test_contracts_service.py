"""`cartsnitch contracts init` and `doctor`, run as people run them, on a service of its own."""

import subprocess
import sys

import pytest

SOURCE = {
    "src/shock/__init__.py": "",
    "src/shock/watch.py": """
from cartsnitch_common.constants import EventType
from cartsnitch_common.events import EventSubscriber
from cartsnitch_common.schemas.events import PriceIncreaseAlert

subscriber = EventSubscriber()

@subscriber.on(EventType.PRICES_UPDATED)
def on_prices(event):
    return PriceIncreaseAlert

def tell(publisher, told):
    publisher.publish(PriceIncreaseAlert(**told))

def ask(client):
    return client.get("/prices")
""",
    "src/shock/main.py": """
from fastapi import FastAPI

app = FastAPI()

@app.get("/increases")
def increases(): ...
""",
    "pyproject.toml": '[project]\nname = "stickershock"\nversion = "1.0.0"\n',
}
WRITTEN = """
[tool.cartsnitch]
service = "stickershock"
publishes = ["cartsnitch.alerts.price_increase"]
calls = ["receiptwitness:GET /prices"]
app = "shock.main:app"

[tool.cartsnitch.consumes]
"cartsnitch.prices.updated" = "shock.watch:on_prices"
"""


class Project:
    """A service's repository."""

    def __init__(self, folder):
        self.folder = folder
        for path, source in SOURCE.items():
            self.write(path, source)

    def write(self, path, text, mode="w"):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open(mode, encoding="utf-8") as stream:
            stream.write(text)

    def read(self, path):
        return (self.folder / path).read_text(encoding="utf-8")

    def run(self, *arguments, answers=""):
        script = "from cartsnitch_cli.main import run; run()"
        command = [sys.executable, "-c", script, "contracts", *arguments]
        return subprocess.run(
            command, cwd=self.folder, input=answers, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_init_writes_what_the_source_says(project):
    """With --yes nothing is asked, and the rest of the file stays."""
    done = project.run("init", "--yes")

    assert done.returncode == 0, done.stderr
    assert project.read("pyproject.toml") == SOURCE["pyproject.toml"] + WRITTEN
    assert "pytest --cartsnitch-contracts" in done.stdout


def test_init_takes_what_it_is_told(project):
    """Options add to what was found, and say whose it is where nothing else does."""
    for path in ("src/shock/watch.py", "src/shock/main.py"):
        project.write(path, "")
    project.write("pyproject.toml", "")

    nobody = project.run("init", "--yes")
    done = project.run(
        "init", "--yes", "--service", "clipartist", "--publishes", "cartsnitch.coupons.updated",
        "--consumes", "cartsnitch.prices.updated=clip.prices:take", "--calls", "receiptwitness:GET /prices",
    )  # fmt: skip

    assert nobody.returncode == 2
    assert "Give --service, one of: receiptwitness" in nobody.stderr
    assert done.returncode == 0, done.stderr
    assert '"cartsnitch.prices.updated" = "clip.prices:take"' in project.read("pyproject.toml")


def test_init_asks_and_heeds_the_answers(project):
    """What is answered with no is not declared; an empty answer takes what was found."""
    done = project.run("init", answers="n\n\ny\n\n")

    assert done.returncode == 0, done.stderr
    written = project.read("pyproject.toml")
    assert "publishes" not in written
    assert 'calls = ["receiptwitness:GET /prices"]' in written
    assert 'app = "shock.main:app"' in written


def test_init_never_writes_over_a_declaration(project):
    """The second time it says what to do instead."""
    project.run("init", "--yes")
    before = project.read("pyproject.toml")

    again = project.run("init", "--yes")

    assert again.returncode == 2
    assert "cartsnitch contracts doctor" in again.stderr
    assert project.read("pyproject.toml") == before


def test_the_doctor_finds_a_service_in_order(project):
    """What is declared and found agree, and importing the app does nothing."""
    project.run("init", "--yes")

    done = project.run("doctor")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "code         publishes cartsnitch.alerts.price_increase at watch.py:13" in done.stdout
    assert "shock.main:app opens nothing and reads no settings when it is imported" in done.stdout
    assert "no run is on record: pytest --cartsnitch-contracts" in done.stdout
    assert done.stdout.endswith("all in order\n")


def test_the_doctor_says_all_that_is_out_of_order(project):
    """Undeclared, overridden, opened at import, migrations of its own, exceptions that are past."""
    project.run("init", "--yes")
    project.write("pyproject.toml", project.read("pyproject.toml").replace("publishes = ", "supported = 3 #"))
    project.write("pyproject.toml", "\n[tool.cartsnitch.database]\n", "a")
    entry = '{table = "stores", access = "read", reason = "no call yet", expires = 2025-12-31}'
    project.write("pyproject.toml", f"allow = [{entry}]\n", "a")
    project.write(
        "src/shock/main.py",
        "from sqlalchemy import create_engine\n"
        "from cartsnitch_common.config import get_settings\n"
        "import socket\n"
        "engine = create_engine(get_settings().database_url)\n"
        "try:\n    socket.create_connection(('127.0.0.1', 1))\nexcept OSError:\n    pass\n",
        "a",
    )
    project.write("tests/conftest.py", "import pytest\n@pytest.fixture\ndef db_session(): ...\n")
    project.write("alembic.ini", "[alembic]\n")

    done = project.run("doctor")

    assert done.returncode == 1, done.stdout + done.stderr
    for said in (
        "! publishes cartsnitch.alerts.price_increase at watch.py:13, not declared: add it to publishes",
        "db_session of the kit is overridden in conftest.py:3",
        "! importing shock.main:app reads Settings  at src/shock/main.py:11: do that in its lifespan",
        "! importing shock.main:app opens an engine on postgresql+psycopg:///none",
        "! importing shock.main:app connects to ('127.0.0.1', 1)  at src/shock/main.py:13",
        "! alembic.ini configures Alembic, and only cartsnitch-common may have any",
        "! stores was allowed until 2025-12-31: no call yet",
        "6 to be seen to, marked with !",
    ):
        assert said in done.stdout, done.stdout


def test_the_doctor_knows_an_app_that_cannot_be_imported(project):
    """The reason is one line."""
    project.run("init", "--yes")
    project.write("src/shock/main.py", "raise RuntimeError('no key')\n", "a")

    done = project.run("doctor")

    assert done.returncode == 1
    assert "! shock.main:app cannot be imported: RuntimeError: no key" in done.stdout


def test_the_doctor_marks_what_is_declared_and_not_there(project):
    """A handler or an app of another name, by the source, with the nearest that there is."""
    project.run("init", "--yes")
    written = (
        project.read("pyproject.toml").replace("main:app", "main:ap").replace("shock.watch", "shock.wath")
    )
    project.write("pyproject.toml", written)

    done = project.run("doctor")

    assert done.returncode == 1
    handler = "! consumes cartsnitch.prices.updated with shock.wath:on_prices: there is no module shock.wath."
    assert f"{handler} Did you mean shock.watch?" in done.stdout
    assert "! serves shock.main:ap: main.py has no ap. Did you mean app?" in done.stdout
    assert "2 to be seen to" in done.stdout


def test_a_handler_that_cannot_be_named_is_told_by_both(project):
    """It is left out of the declaration, and the doctor says what to do before it is declared."""
    source = project.read("src/shock/watch.py")
    head, _, rest = source.partition("@subscriber.on")
    local = "@subscriber.on(EventType.PRICES_UPDATED)\n    def take(event): ..."
    project.write("src/shock/watch.py", f"{head}def build():\n    {local}\n\ndef{rest.partition('def')[2]}")

    written, done = project.run("init", "--yes"), project.run("doctor")

    assert (
        "left out  consumes cartsnitch.prices.updated: watch.py:9 is inside build(); name a" in written.stdout
    )
    assert "add it to consumes; it is inside build(), so name a function of the module" in done.stdout


def test_the_doctor_reads_what_the_last_run_left_untested(project):
    """From pytest's cache, wherever that is."""
    project.run("init", "--yes")
    project.write("pyproject.toml", '\n[tool.pytest.ini_options]\ncache_dir = ".cache"\n', "a")
    project.write(
        ".cache/v/cartsnitch/promises",
        '{"pyproject.toml::calls[a]": {"outcome": "skipped", "reason": "no test calls it"},'
        ' "pyproject.toml::calls[b]": {"outcome": "failed", "reason": ""},'
        ' "pyproject.toml::calls[c]": {"outcome": "passed", "reason": ""}}',
    )

    done = project.run("doctor")

    assert done.returncode == 1
    assert "tests        3 promises in the last runs" in done.stdout
    assert "! broken: pyproject.toml::calls[b]" in done.stdout
    assert "! untested: pyproject.toml::calls[a]: no test calls it" in done.stdout
