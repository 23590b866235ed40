"""Requests are strict, readers tolerant, and what is secret never comes out."""

import inspect
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import String
from sqlalchemy import inspect as inspect_model

from cartsnitch_common import models, schemas
from cartsnitch_common.constants import AccountStatus, ProductCategory
from cartsnitch_common.models.types import OpenEnum

ENTITIES = [name.removesuffix("Create") for name in schemas.__all__ if name.endswith("Create")]
NOW = datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_has_a_strict_create_and_a_tolerant_read(entity):
    """The two differ in what they do with a field that they do not know."""
    create, read = getattr(schemas, f"{entity}Create"), getattr(schemas, f"{entity}Read")

    assert create.model_config["extra"] == "forbid"
    assert read.model_config["extra"] == "ignore"
    assert read.model_config["from_attributes"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_read_schema_covers_its_table(entity):
    """Every column is read, but for the secrets; nothing is read that is not there."""
    secret = {"User": {"hashed_password"}, "UserStoreAccount": {"session_data"}}.get(entity, set())
    columns = {column.name for column in inspect_model(getattr(models, entity)).local_table.columns}
    relations = {"Purchase": {"items"}}.get(entity, set())

    assert set(getattr(schemas, f"{entity}Read").model_fields) == (columns - secret) | relations


@pytest.mark.parametrize("entity", ENTITIES)
def test_text_lengths_match_the_columns(entity):
    """What a request may hold is what its column can keep."""
    table = inspect_model(getattr(models, entity)).local_table
    create = getattr(schemas, f"{entity}Create").model_json_schema()["properties"]

    lengths = {}
    for name, schema in create.items():
        text = next((part for part in schema.get("anyOf", [schema]) if part.get("type") == "string"), {})
        column = table.columns.get(name)
        if "maxLength" in text and column is not None and isinstance(column.type, String):
            lengths[name] = (text["maxLength"], column.type.length)

    assert all(written == stored for written, stored in lengths.values()), lengths
    unbounded = {
        column.name
        for column in table.columns
        if isinstance(column.type, String)
        and not isinstance(column.type, OpenEnum)
        and column.name in create
        and column.name not in lengths
    }
    assert unbounded <= {"state", "zip", "email"}  # their patterns and the e-mail rule bound them


def test_a_request_refuses_unknown_fields_and_values():
    """A typo is told at once, not dropped."""
    with pytest.raises(ValidationError) as caught:
        schemas.StoreCreate.model_validate({"name": "Aldi", "slug": "aldi", "loggo_url": "https://x.test"})

    assert {error["loc"][0] for error in caught.value.errors()} == {"slug", "loggo_url"}


def test_a_reader_outlives_a_newer_writer():
    """Unknown fields are ignored and an unknown enum value stays a plain string."""
    row = {
        "id": uuid4(),
        "created_at": NOW,
        "updated_at": NOW,
        "canonical_name": "Oat milk",
        "category": "plant_based",
        "upc_variants": [],
        "carbon_grams": 900,
    }

    product = schemas.NormalizedProductRead.model_validate(row)

    assert product.category == "plant_based"
    assert not isinstance(product.category, ProductCategory)
    assert "carbon_grams" not in product.model_dump()


def test_a_password_goes_in_and_never_comes_out():
    """Not in repr, not in an error, not in what is read of a user."""
    with pytest.raises(ValidationError) as caught:
        schemas.UserCreate.model_validate({"email": "no", "password": "hunter2"})
    user = schemas.UserCreate(email="Ada@example.com", password="hunter2hunter2")

    assert "hunter2" not in repr(user) + str(caught.value) + user.model_dump_json()
    assert user.password.get_secret_value() == "hunter2hunter2"
    assert {"password", "hashed_password"}.isdisjoint(schemas.UserRead.model_fields)


def test_a_session_goes_in_and_never_comes_out():
    """`session_data` stays out of repr and out of what is read of an account."""
    account = schemas.UserStoreAccountCreate(
        user_id=uuid4(), store_id=uuid4(), session_data={"token": "hunter2"}
    )

    assert "hunter2" not in repr(account)
    assert account.status is AccountStatus.ACTIVE
    assert "session_data" not in schemas.UserStoreAccountRead.model_fields


def test_a_purchase_is_read_from_attributes_with_its_items():
    """A row and its lines become one response; money leaves as strings, times as UTC."""
    common = {"created_at": NOW, "updated_at": NOW}
    item = SimpleNamespace(
        **common,
        id=uuid4(),
        purchase_id=uuid4(),
        product_name_raw="KRO BACON",
        upc="4011",
        quantity=Decimal("1.33"),
        unit_price=Decimal("1.39"),
        extended_price=Decimal("1.85"),
        regular_price=None,
        sale_price=None,
        coupon_discount=None,
        loyalty_discount=None,
        category_raw=None,
        normalized_product_id=None,
    )
    row = SimpleNamespace(
        **common,
        id=uuid4(),
        user_id=uuid4(),
        store_id=uuid4(),
        store_location_id=None,
        receipt_id="KR-1",
        purchase_date=NOW.date(),
        total=Decimal("1.85"),
        subtotal=None,
        tax=None,
        savings_total=None,
        source_url=None,
        raw_data={"a": 1},
        ingested_at=NOW,
        items=[item],
    )

    read = schemas.PurchaseRead.model_validate(row).model_dump(mode="json")

    assert (read["total"], read["items"][0]["quantity"]) == ("1.85", "1.330")
    assert read["ingested_at"] == "2026-03-10T14:02:11Z"


@pytest.mark.parametrize("name", schemas.__all__)
def test_every_schema_says_what_it_is(name):
    """The docstring ends up as the description in the documents."""
    schema = getattr(schemas, name)

    assert issubclass(schema, BaseModel)
    assert inspect.getdoc(schema)
