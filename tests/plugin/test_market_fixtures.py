"""The fixtures of a loaded market, as a service's tests use them."""

import pytest

FOUND = """
    from datetime import date
    import psycopg, pytest
    from sqlalchemy import create_engine, func, select, text
    from sqlalchemy.exc import DBAPIError
    from cartsnitch_common.models import Purchase, ShrinkflationEvent
    from cartsnitch_fixtures.market import Market

    def spent(engine):
        with engine.connect() as connection:
            return connection.scalar(select(func.sum(Purchase.total)))
"""


def test_the_database_holds_what_the_market_says(run):
    """Both markets' totals are those of their receipts, and all planted facts can be found in them."""
    result = run(
        FOUND
        + """
    @pytest.mark.parametrize("name", ["small_market", "market"])
    def test_it(name, request):
        loaded = request.getfixturevalue(name)

        assert spent(loaded.engine) == sum(receipt.total for receipt in loaded.receipts())
        shown = loaded.truth.shown_by(loaded.receipts())
        assert len(shown.increases) >= 4
        assert shown.shrinks == loaded.truth.shrinks != ()
    """
    )

    result.assert_outcomes(passed=2)


def test_no_test_changes_what_the_others_read(run):
    """Writing is refused, but in a session, whose commits are gone in the next test."""
    result = run(
        FOUND
        + """
    def test_writing_is_refused(small_market):
        with small_market.engine.begin() as connection:
            with pytest.raises(DBAPIError, match="read-only transaction"):
                connection.execute(text("DELETE FROM price_history"))
        with psycopg.connect(small_market.url.replace("+psycopg", "")) as connection:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute("DELETE FROM price_history")

    @pytest.mark.parametrize("turn", range(2))
    def test_a_session_may_write(small_market, turn):
        with small_market.session() as session:
            assert session.scalar(select(func.count()).select_from(ShrinkflationEvent)) == 0
            purchase = session.scalars(select(Purchase)).first()
            session.add(ShrinkflationEvent(
                normalized_product_id=purchase.items[0].normalized_product_id, detected_date=date.today(),
                old_size="2", new_size="1", old_unit="oz", new_unit="oz",
            ))
            session.commit()
            assert session.scalar(select(func.count()).select_from(ShrinkflationEvent)) == 1
    """
    )

    result.assert_outcomes(passed=3)


def test_a_market_of_ones_own_is_loaded_with_what_was_planted(run):
    """For one test, or shared by all through a fixture; it may be changed, and is gone afterwards."""
    result = run(
        FOUND
        + """
    def planted():
        market = Market(seed=7, households=15, weeks=4, inflation=False)
        market.raise_price("4011", "kroger", 12, on=date(2026, 3, 15))
        return market

    @pytest.fixture(scope="session")
    def shared(load_market):
        with load_market(planted()) as loaded:
            yield loaded

    def test_for_one_test(load_market):
        with load_market(planted()) as loaded:
            assert len(loaded.truth.increases) >= 1
            with loaded.engine.begin() as connection:
                connection.execute(text("DELETE FROM purchases"))
            assert spent(loaded.engine) is None
            url = loaded.url
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(url.replace("+psycopg", ""))

    def test_for_all(shared, db_session):
        assert spent(shared.engine) == sum(receipt.total for receipt in shared.receipts())
        assert db_session.scalar(select(func.count()).select_from(Purchase)) == 0

    def test_for_all_again(shared, db_session):
        assert spent(shared.engine) > 0
    """
    )

    result.assert_outcomes(passed=3)


def test_it_stays_through_tests_with_databases_of_their_own(run):
    """Shared, cloned and empty databases come and go beside it."""
    result = run(
        FOUND
        + """
    @pytest.mark.parametrize("turn", range(2))
    @pytest.mark.parametrize("how", ["clone", "empty", "shared"])
    def test_it(how, turn, small_market, request):
        request.node.add_marker(pytest.mark.cartsnitch_database(how))
        request.getfixturevalue("db_session").execute(text("SELECT 1"))

        assert spent(small_market.engine) > 0
    """
    )

    result.assert_outcomes(passed=6)


def test_each_worker_has_its_own(run):
    """Under xdist all workers find the same market."""
    result = run(
        FOUND
        + """
    @pytest.mark.parametrize("turn", range(4))
    def test_it(small_market, turn):
        assert spent(small_market.engine) == sum(receipt.total for receipt in small_market.receipts())
    """,
        "-p",
        "xdist",
        "-n",
        "2",
    )

    result.assert_outcomes(passed=4)


@pytest.mark.parametrize("fixture", ["market", "small_market", "load_market"])
def test_the_fake_says_what_it_lacks(run, fixture):
    """Such a test is skipped there, and the reason names the capability."""
    result = run(f"def test_it({fixture}): pass", "--cartsnitch-postgres=fake", "-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*needs copy, which backend 'fake' lacks: COPY is unknown."])
