"""Sealed values move to the newest key, in batches, and nothing else changes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from cartsnitch_common.encryption import KeyRing
from cartsnitch_common.errors import EncryptionError
from cartsnitch_common.models import Store, User, UserStoreAccount
from cartsnitch_common.rotation import rotate_keys

OLD, NEW, LOST = (bytes([number]) * 32 for number in (1, 2, 3))
BEFORE, AFTER = KeyRing([OLD]), KeyRing([NEW, OLD])
SESSION = {"cookie": "crumbs", "visits": [1, 2.5, None]}


@pytest.fixture
def accounts(engine):
    """Five accounts with a session under the old key, and one without a session; ordered by id."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        store = Store(name="Meijer", slug="meijer")
        session.add(store)
        accounts = []
        for number in range(6):
            user = User(email=f"u{number}@example.com", hashed_password="x")
            account = UserStoreAccount(user=user, store=store)
            if number < 5:
                account.sealed_session = BEFORE.seal(SESSION | {"n": number}, account.session_place)
            session.add(account)
            accounts.append(account)
    return sorted(accounts, key=lambda account: account.id)


@pytest.fixture
def rows(engine):
    """Read every account anew, ordered by id."""

    def read() -> list[UserStoreAccount]:
        with Session(engine) as session:
            return list(session.scalars(select(UserStoreAccount).order_by(UserStoreAccount.id)))

    return read


@pytest.fixture
def spoil(engine):
    """Replace the stored value of an account."""

    def replace(account: UserStoreAccount, value) -> None:
        with engine.begin() as connection:
            table = UserStoreAccount.__table__
            connection.execute(
                update(table)
                .where(table.c.id == account.id)
                .values(session_data=value, updated_at=table.c.updated_at)
            )

    return replace


def test_every_value_moves_to_the_newest_key(engine, accounts, rows):
    """All sessions open with the new key alone and say the same; what was NULL stays NULL."""
    result = rotate_keys(engine, keys=AFTER)

    only_new = KeyRing([NEW])
    opened = [only_new.open(row.sealed_session, row.session_place) for row in rows() if row.sealed_session]
    assert opened == [SESSION | {"n": number} for number in range(5)]
    assert [row.sealed_session for row in rows()].count(None) == 1
    assert (result.kid, result.rotated, result.unreadable, result.in_use) == (AFTER.newest, 5, {}, 0)
    assert result.complete


def test_rotation_is_no_change_of_the_account(engine, accounts, rows):
    """No column but the sealed value changes, `updated_at` included."""
    columns = [column.name for column in UserStoreAccount.__table__.columns if column.name != "session_data"]
    before = [[getattr(account, name) for name in columns] for account in rows()]

    rotate_keys(engine, keys=AFTER)

    assert [[getattr(row, name) for name in columns] for row in rows()] == before


def test_a_second_rotation_has_nothing_to_do(engine, accounts, rows):
    """What is sealed with the newest key is left alone."""
    rotate_keys(engine, keys=AFTER)
    sealed = [row.sealed_session for row in rows()]

    again = rotate_keys(engine, keys=AFTER)

    assert (again.rotated, again.complete) == (0, True)
    assert [row.sealed_session for row in rows()] == sealed


def test_progress_is_told_after_each_batch(engine, accounts):
    """Of five values in batches of two: two, four, five."""
    told = []

    rotate_keys(engine, batch=2, keys=AFTER, on_progress=lambda done, total: told.append((done, total)))

    assert told == [(2, 5), (4, 5), (5, 5)]


def test_an_interrupted_rotation_goes_on(engine, accounts, rows):
    """Batches that were complete are kept, and the next run does the rest only."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys(engine, batch=2, keys=AFTER, on_progress=interrupt)
    kids = [row.sealed_session["kid"] for row in rows() if row.sealed_session]

    rest = rotate_keys(engine, batch=2, keys=AFTER)

    assert kids == [AFTER.newest] * 2 + [BEFORE.newest] * 3
    assert (rest.rotated, rest.complete) == (3, True)


@pytest.mark.parametrize("kind", ["foreign key", "altered", "copied", "no sealed value", "no object"])
def test_a_value_that_cannot_be_opened_is_reported_and_kept(engine, accounts, rows, spoil, kind):
    """The row is named with the reason, its value stays as it was, and the others are rotated."""
    victim, other = accounts[1], accounts[2]
    sealed = {
        "foreign key": KeyRing([LOST]).seal({"pin": "hush"}, victim.session_place),
        "altered": victim.sealed_session | {"ct": other.sealed_session["ct"]},
        "copied": other.sealed_session,
    }
    if kind in sealed:
        spoil(victim, sealed[kind])
    else:
        stored = {"no sealed value": '{"pin": "hush"}', "no object": '["hush"]'}[kind]
        with engine.begin() as connection:
            key = victim.id.hex if engine.dialect.name == "sqlite" else str(victim.id)
            sql = "UPDATE user_store_accounts SET session_data = :value WHERE id = :id"
            value = ":value" if engine.dialect.name == "sqlite" else "CAST(:value AS jsonb)"
            row = ":id" if engine.dialect.name == "sqlite" else "CAST(:id AS uuid)"
            sql = sql.replace(":value", value).replace("= :id", f"= {row}")
            connection.execute(text(sql), {"value": stored, "id": key})
    before = rows()[1].sealed_session

    result = rotate_keys(engine, batch=2, keys=AFTER)

    assert (result.rotated, list(result.unreadable), result.in_use) == (4, [victim.id], 0)
    assert str(victim.id) in result.unreadable[victim.id]
    assert "hush" not in result.unreadable[victim.id]
    assert not result.complete
    assert rows()[1].sealed_session == before


def test_a_batch_of_unreadable_values_does_not_end_the_rotation(engine, accounts, spoil):
    """Rotation goes past values that stay as they are, however small the batch."""
    for account in accounts[:2]:
        spoil(account, KeyRing([LOST]).seal({}, account.session_place))

    result = rotate_keys(engine, batch=1, keys=AFTER)

    assert (result.rotated, len(result.unreadable)) == (3, 2)


def test_rotation_needs_a_key(engine, accounts):
    """Without a key it says which variable to set."""
    with pytest.raises(EncryptionError, match="CARTSNITCH_ENCRYPTION_KEYS"):
        rotate_keys(engine, keys=KeyRing([]))


def test_the_settings_keys_are_used(engine, accounts, use_keys, new_key):
    """Without keys of its own it takes those in the settings: here none of them opens a value."""
    use_keys(new_key())

    result = rotate_keys(engine)

    assert (result.rotated, len(result.unreadable)) == (0, 5)


def test_rows_in_use_are_left_for_the_next_run(db_engine):
    """On PostgreSQL a locked row is not waited for; it is counted, and the next run does it."""
    with Session(db_engine, expire_on_commit=False) as session, session.begin():
        store = Store(name="Meijer", slug="meijer")
        users = [User(email=f"u{number}@example.com", hashed_password="x") for number in range(3)]
        accounts = [UserStoreAccount(user=user, store=store) for user in users]
        for account in accounts:
            account.sealed_session = BEFORE.seal(SESSION, account.session_place)
        session.add_all(accounts)

    with db_engine.connect() as holder, ThreadPoolExecutor() as pool:
        holder.execute(
            select(UserStoreAccount.id).where(UserStoreAccount.id == accounts[1].id).with_for_update()
        )
        first = pool.submit(rotate_keys, db_engine, keys=AFTER).result(timeout=30)
        holder.rollback()
    second = rotate_keys(db_engine, keys=AFTER)

    assert (first.rotated, first.in_use, first.complete) == (2, 1, False)
    assert (second.rotated, second.in_use, second.complete) == (1, 0, True)
