"""`alembic revision --autogenerate` writes a file that runs, for every type of the models."""

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, Uuid, func, inspect, literal
from sqlalchemy.types import TypeDecorator

from cartsnitch_common.constants import SizeUnit
from cartsnitch_common.models import Base
from cartsnitch_common.models.base import enum_check
from cartsnitch_common.models.money import Exact, Money
from cartsnitch_common.models.types import OpenEnum, SealedJSON, UtcDateTime, json_type, random_uuid
from cartsnitch_migrations import config, head

ROOT = Path(__file__).parents[2]
TYPES = {
    "price": (Money(), "NUMERIC(10, 2)"),
    "weight": (Exact(10, 3), "NUMERIC(10, 3)"),
    "seen_at": (UtcDateTime(), "TIMESTAMP"),
    "unit": (OpenEnum(SizeUnit), "VARCHAR(20)"),
    "secret": (SealedJSON(), "JSONB"),
    "raw": (json_type(), "JSONB"),
    "reference": (Uuid(), "UUID"),
}


@pytest.fixture
def metadata():
    """A copy of the models' tables, to change."""
    copy = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


@pytest.fixture
def script(tmp_path, migrated, metadata):
    """The history in a folder of its own, where a new revision may be written, for a migrated database."""
    folder = tmp_path / "history"
    shutil.copytree(str(files("cartsnitch_migrations")), folder, ignore=shutil.ignore_patterns("__pycache__"))
    made = config(migrated)
    made.set_main_option("script_location", str(folder))
    made.attributes["metadata"] = metadata
    return made


def add_columns(metadata: MetaData) -> None:
    for name, (kind, _) in TYPES.items():
        metadata.tables["stores"].append_column(Column(name, kind))


def add_table(metadata: MetaData) -> None:
    Table(
        "samples",
        metadata,
        Column("id", Uuid(), primary_key=True, server_default=random_uuid()),
        Column("store_id", ForeignKey("stores.id", ondelete="RESTRICT"), index=True, nullable=False),
        *(Column(name, kind, nullable=False) for name, (kind, _) in TYPES.items()),
        Column("at", UtcDateTime(), server_default=func.now(), nullable=False),
        Column("share", Exact(3, 2), server_default=literal(1, Exact(3, 2)), nullable=False),
        enum_check("unit", SizeUnit),
        Index(None, "raw", postgresql_using="gin"),
    )


@pytest.mark.parametrize(("change", "table"), [(add_columns, "stores"), (add_table, "samples")])
def test_every_type_of_the_models_can_be_added(script, migrated, engine_of, change, table):
    """A generated revision names no type of ours, runs up to what the models say, and runs down again."""
    change(script.attributes["metadata"])
    added = command.revision(script, message="Add things", autogenerate=True)
    source = Path(added.path).read_text()
    command.upgrade(script, "head")
    command.check(script)
    columns = {
        column["name"]: str(column["type"]) for column in inspect(engine_of(migrated)).get_columns(table)
    }
    command.downgrade(script, "-1")

    left = inspect(engine_of(migrated))

    assert {name: columns[name] for name in TYPES} == {name: sql for name, (_, sql) in TYPES.items()}
    assert "cartsnitch" not in source
    assert table not in left.get_table_names() or "price" not in {c["name"] for c in left.get_columns(table)}


def test_a_new_revision_has_the_next_number(script):
    """The file is named by number and title, follows the newest revision, and is clean code."""
    add_table(script.attributes["metadata"])
    following = f"{int(head()) + 1:04d}"
    added = command.revision(script, message="Add samples", autogenerate=True)

    path = Path(added.path)
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", "check", f"--config={ROOT}/pyproject.toml", "--ignore=E501,I", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert path.name == f"{following}_add_samples.py"
    assert (added.revision, added.down_revision) == (following, head())
    assert ruff.returncode == 0, ruff.stdout


def test_without_changes_there_is_nothing_to_do(script):
    """An empty difference makes an empty revision."""
    added = command.revision(script, message="Nothing", autogenerate=True)

    assert Path(added.path).read_text().count("pass") == 2


def test_every_type_decorator_of_the_models_is_tried():
    """No model has a type of ours that the tests above leave out."""
    ours = {
        type(column.type)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, TypeDecorator)
    }

    assert ours == {type(kind) for kind, _ in TYPES.values() if isinstance(kind, TypeDecorator)}
