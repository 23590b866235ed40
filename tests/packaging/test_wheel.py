"""The wheel in fresh environments of its own: what production gets, and what a service's tests get."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
TESTING = (
    "pytest",
    "polyfactory",
    "aiosqlite",
    "fakeredis",
    "hypothesis",
    "jsonschema_rs",
    "testcontainers",
    "rich",
    "typer",
    "pillow",
)

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.services]

IMPORT_ALL = """
import importlib, pkgutil, sys
names = []
for package in ("cartsnitch_common", "cartsnitch_migrations"):
    names.append(package)
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if module.name.rpartition(".")[2] not in ("__main__", "env") and ".versions" not in module.name:
            names.append(module.name)
for name in names:
    importlib.import_module(name)
print(len(names), *sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""
FIND_DATA = """
import cartsnitch_migrations, cartsnitch_fixtures.catalogue as catalogue
from cartsnitch_contracts import library
print(cartsnitch_migrations.head(), len(library.channels()), len(catalogue.load_products()))
print([library.load_document(channel).channel for channel in library.channels()])
"""
FIRST_TEST = '''
from cartsnitch_common.models import Purchase


def test_a_purchase_is_saved(db_session, purchase_factory):
    """What a service developer writes first."""
    purchase = purchase_factory.create_sync()

    assert db_session.get(Purchase, purchase.id).total == purchase.total


def test_a_receipt_adds_up(receipt_factory):
    """No database needed."""
    receipt = receipt_factory(store="kroger", lines=12, seed=7)

    assert receipt.total == receipt.subtotal + receipt.tax
'''


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def install(tmp_path_factory):
    """Install requirements in a fresh environment; gives its interpreter."""

    def install(*requirements):
        folder = tmp_path_factory.mktemp("venv") / "venv"
        run(UV, "venv", "--quiet", "--python", sys.executable, folder)
        python = folder / "bin" / "python"
        run(
            UV,
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            "--constraint",
            ROOT / "constraints.txt",
            *requirements,
        )
        return python

    return install


def clean():
    """An environment for sub-processes without this run's own settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CARTSNITCH_", "PYTEST", "COV", "PYTHON"))
    }


@pytest.fixture(scope="module")
def production(wheel, install):
    """The wheel alone."""
    return install(wheel)


@pytest.fixture(scope="module", params=["wheel", "editable"])
def testing(request, install):
    """The wheel with its testing extra, and the checkout installed editable with the same."""
    if request.param == "editable":
        return install("--editable", f"{ROOT}[testing]")
    return install(f"{request.getfixturevalue('wheel')}[testing]")


def test_the_wheel_holds_all_six_packages_and_their_data(wheel):
    """Documents, migrations and catalogue lie inside the packages that read them; nothing else is in."""
    names = zipfile.ZipFile(wheel).namelist()

    roots = {name.partition("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {
        "cartsnitch_common",
        "cartsnitch_migrations",
        "cartsnitch_contracts",
        "cartsnitch_fixtures",
        "cartsnitch_pytest",
        "cartsnitch_cli",
    }
    assert sum(name.endswith("py.typed") for name in names) == 6
    assert "cartsnitch_contracts/documents/events/receipts.ingested/next.json" in names
    assert "cartsnitch_contracts/documents/rest/receiptwitness/next.json" in names
    assert any(name.startswith("cartsnitch_migrations/versions/0001") for name in names)
    assert "cartsnitch_fixtures/catalogue/products.csv" in names


def test_production_needs_nothing_of_the_testing_extra(production, tmp_path):
    """Every runtime module imports, and no testing package is there to be imported."""
    count, *testing_packages = run(production, "-c", IMPORT_ALL, *TESTING, cwd=tmp_path, env=clean()).split()
    installed = (
        run(UV, "pip", "list", "--python", production, "--format", "freeze").replace("-", "_").splitlines()
    )

    assert int(count) > 30
    assert testing_packages == []
    assert {line.partition("==")[0] for line in installed}.isdisjoint(TESTING)


def test_production_migrates_without_an_extra(production, tmp_path, postgres_server):
    """`python -m cartsnitch_migrations upgrade` from the wheel, on a real server."""
    with postgres_server.empty_database() as url:
        run(production, "-m", "cartsnitch_migrations", "upgrade", "--url", url, cwd=tmp_path, env=clean())
        revision = run(
            production, "-m", "cartsnitch_migrations", "current", "--url", url, cwd=tmp_path, env=clean()
        )

    assert "0001" in revision


def test_the_command_says_what_it_needs(production, tmp_path):
    """Without the cli extra: one line that names it, no traceback."""
    done = subprocess.run(
        [production.parent / "cartsnitch", "db", "current"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode != 0
    assert "cartsnitch-common[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_testing_extra_the_plugin_is_inert(wheel, install, tmp_path):
    """Tests with pytest alone are not disturbed; a fixture that is asked for says what to install."""
    python = install(wheel, "pytest")
    (tmp_path / "test_plain.py").write_text("def test_plain():\n    assert True\n")
    (tmp_path / "test_asks.py").write_text("def test_asks(db_session):\n    assert True\n")

    plain = run(python, "-m", "pytest", "-q", "test_plain.py", cwd=tmp_path, env=clean())
    asks = subprocess.run(
        [python, "-m", "pytest", "-q", "test_asks.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=clean(),
    )

    assert "1 passed" in plain
    assert asks.returncode == 1
    assert 'pip install "cartsnitch-common[testing]"' in asks.stdout


def test_data_is_found_by_the_same_code(testing, tmp_path):
    """Migrations, documents and catalogue, from the wheel and from the checkout."""
    here = run(sys.executable, "-c", FIND_DATA, cwd=tmp_path)

    assert run(testing, "-c", FIND_DATA, cwd=tmp_path, env=clean()) == here
    assert here.split()[:2] == ["0001", "6"]


def test_a_services_first_test_just_works(testing, tmp_path):
    """In an empty directory, with a database of its own, no configuration and no Docker."""
    (tmp_path / "test_first.py").write_text(FIRST_TEST)

    assert "2 passed" in run(testing, "-m", "pytest", "-q", "test_first.py", cwd=tmp_path, env=clean())
