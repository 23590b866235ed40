"""Money is exact on both databases, and what SQLite would get wrong it refuses."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Integer,
    Numeric,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.exc import CompileError, StatementError
from sqlalchemy.orm import Session

from cartsnitch_common.models import Purchase, PurchaseItem, Store, User
from cartsnitch_common.models.money import Money

T = Purchase.total


def buy(session, *totals):
    """Save a purchase for each total."""
    store = session.scalar(select(Store)) or Store(name="Meijer", slug="meijer")
    user = session.scalar(select(User)) or User(email="ada@example.com", hashed_password="x")
    count = session.scalar(select(func.count()).select_from(Purchase))
    for number, total in enumerate(totals, count):
        purchase = Purchase(user=user, store=store, receipt_id=str(number), purchase_date=date(2026, 3, 10))
        purchase.total = total
        session.add(purchase)
    session.commit()


def test_three_times_a_dime_is_thirty_cents(session):
    """Storing, loading and summing keep every cent."""
    buy(session, *[Decimal("0.10")] * 3)

    assert session.scalar(select(func.sum(T))) == Decimal("0.30")
    assert session.scalars(select(T)).all() == [Decimal("0.10")] * 3


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.895", "0.90"),
        ("0.894", "0.89"),
        ("-0.895", "-0.90"),
        (5, "5.00"),
        (0.1, "0.10"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_what_is_stored_is_rounded_half_away_from_zero(session, written, stored):
    """Both databases do what PostgreSQL does."""
    buy(session, Decimal(written) if isinstance(written, str) else written)

    assert str(session.scalar(select(T))) == stored


@pytest.mark.parametrize("amount", [Decimal("99999999.995"), Decimal("NaN"), float("inf"), True])
def test_what_does_not_fit_is_refused(session, amount):
    """An error, and nothing stored."""
    with pytest.raises(StatementError):
        buy(session, amount)

    session.rollback()
    assert session.scalar(select(func.count()).select_from(Purchase)) == 0


QUERIES = {
    "sum": select(func.sum(T)),
    "sum of sums": select(func.sum(T + T)),
    "min": select(func.min(T)),
    "max": select(func.max(T)),
    "count": select(func.count(T)),
    "add": select(T + Decimal("0.05")).order_by(T),
    "add three": select(T + T + T).order_by(T),
    "subtract": select(T - 1).order_by(T),
    "subtract from": select(100 - T).order_by(T),
    "negate": select(-T).order_by(T),
    "equal": select(func.count()).where(Decimal("0.10") == T),
    "not equal": select(func.count()).where(Decimal("0.10") != T),
    "less": select(func.count()).where(Decimal("0.105") > T),
    "greater": select(func.count()).where(Decimal("0.095") < T),
    "between": select(func.count()).where(T.between(Decimal("0.1"), 5)),
    "in": select(func.count()).where(T.in_([Decimal("0.10"), 5])),
    "in subquery": select(func.count()).where(T.in_(select(func.max(T)))),
    "is null": select(func.count()).where(T.is_(None)),
    "scalar subquery": select(func.count()).where(select(func.min(T)).scalar_subquery() == T),
    "coalesce": select(func.coalesce(func.sum(Purchase.tax), literal(Decimal(0), Money()))),
    "case": select(func.sum(case((T > 1, T), else_=None))),
    "window": select(func.sum(T).over(order_by=T)).order_by(T),
    "distinct": select(T).distinct().order_by(T),
    "descending": select(T).order_by(T.desc()),
    "union": union_all(select(T), select(T + 1)).order_by(text("1")),
    "having": select(func.sum(T)).group_by(Purchase.receipt_id).having(func.sum(T) > 1).order_by(func.sum(T)),
    "join": select(func.sum(PurchaseItem.extended_price))
    .join(Purchase)
    .where(PurchaseItem.extended_price < T),
}


@pytest.fixture
def both(db_engine, sqlite_engine):
    """A session on each database at once."""
    with Session(db_engine) as postgres, Session(sqlite_engine) as sqlite:
        yield postgres, sqlite


@pytest.mark.parametrize("name", QUERIES)
def test_both_databases_agree(both, name):
    """The same query over the same purchases gives the same rows."""
    answers = []
    for session in both:
        buy(session, *map(Decimal, ["0.10", "0.10", "4.99", "41.17", "-2.50"]))
        answers.append(session.execute(QUERIES[name]).all())

    postgres, sqlite = answers
    assert sqlite == postgres
    assert postgres


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    totals=st.lists(st.decimals("-99999.99", "99999.99", places=2), min_size=1, max_size=8),
    limit=st.decimals(-10, 10, places=3),
)
def test_sums_and_comparisons_agree_for_any_amounts(both, totals, limit):
    """Whatever the amounts, sum and comparison agree to the cent."""
    answers = []
    for session in both:
        session.query(Purchase).delete()
        buy(session, *totals)
        answers.append(session.execute(select(func.sum(T), func.sum(T - 1)).where(limit < T)).one())

    assert answers[0] == answers[1]


REFUSED = {
    "multiply": T * 2,
    "multiplied": 2 * T,
    "square": T * T,
    "divide": T / 3,
    "modulo": T % 2,
    "average": func.avg(T),
    "round": func.round(T),
    "abs": func.abs(T),
    "total": func.total(T),
    "group_concat": func.group_concat(T),
    "cast": cast(T, Integer),
    "cast to money": cast(literal(5), Money()),
    "cast to a coarser scale": cast(T, Numeric(10, 1)),
    "type_coerce": type_coerce(T, Integer),
    "concatenate": T.op("||")("$"),
    "coalesce with a plain number": func.coalesce(T, 0),
    "case with a plain number": case((T > 0, T), else_=5),
    "add a plain number": T + literal(5),
    "compare with a plain number": literal(5) == T,
    "compare with a quantity": PurchaseItem.quantity > PurchaseItem.unit_price,
    "in plain numbers": T.in_(select(func.count(Purchase.id)).scalar_subquery()),
    "sum of a product": func.sum(PurchaseItem.quantity * PurchaseItem.unit_price),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_sqlite_would_get_wrong_it_refuses(sqlite_engine, name):
    """An operation that cents would falsify by a factor of 100 raises and says so."""
    with Session(sqlite_engine) as session, pytest.raises(CompileError, match="factor of 100"):
        session.execute(select(REFUSED[name]))


def test_sqlite_refuses_to_add_what_is_finer_than_a_cent(sqlite_engine):
    """Half a cent cannot be kept there; PostgreSQL would keep it."""
    with Session(sqlite_engine) as session, pytest.raises(StatementError, match="finer than"):
        session.execute(select(T + Decimal("0.005")))


def test_a_refused_operation_in_a_where_clause_is_refused_too(sqlite_engine):
    """The place in the statement does not matter."""
    with Session(sqlite_engine) as session, pytest.raises(CompileError, match="factor of 100"):
        session.execute(select(Purchase.id).where(T * 2 > 5))


def test_postgres_does_all_of_that(db_session):
    """Only SQLite is limited."""
    buy(db_session, Decimal("1.25"))

    assert db_session.execute(select(T * 2, T / 5, func.round(T), func.coalesce(T, 0))).one() == (
        Decimal("2.50"),
        Decimal("0.25"),
        Decimal(1),
        Decimal("1.25"),
    )


def test_nothing_compares_and_adds_as_null(session):
    """A parameter that is None is SQL's NULL on both."""
    buy(session, Decimal(1))

    above = select(func.count()).where(Purchase.total > bindparam("limit"))
    assert session.scalar(above, {"limit": None}) == 0
    assert session.scalar(select(func.count()).where(T.in_([None, 1]))) == 1
    assert session.scalar(select(T + bindparam("more")), {"more": None}) is None


def test_other_columns_are_left_alone_on_sqlite(sqlite_engine):
    """The guard looks at money and nothing else."""
    with Session(sqlite_engine) as session:
        assert session.scalar(select(literal(6) * 7)) == 42
        assert session.scalar(select(func.round(literal(2.4)))) == 2
        assert session.scalar(select(case((literal(1) == 1, "yes"), else_="no"))) == "yes"
        assert session.scalar(select(cast(literal("5"), Integer))) == 5


def test_core_inserts_and_literals_are_exact_too(session):
    """Not only the unit of work: Core statements and rendered literals keep the cents."""
    buy(session, Decimal(1))
    first = session.scalar(select(Purchase))
    session.execute(
        insert(Purchase).values(
            user_id=first.user_id,
            store_id=first.store_id,
            receipt_id="core",
            purchase_date=date(2026, 3, 11),
            total=Decimal("0.30"),
        )
    )
    rendered = str(
        select(T)
        .where(Decimal("0.30") == T)
        .compile(session.connection(), compile_kwargs={"literal_binds": True})
    )

    assert session.execute(text(rendered)).scalar() in (30, Decimal("0.30"))
    assert session.scalar(select(T).where(Purchase.receipt_id == "core")) == Decimal("0.30")
