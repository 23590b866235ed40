"""Sealed values open at their own place with a key of the ring, and nowhere else."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from cartsnitch_common.encryption import KeyRing
from cartsnitch_common.errors import EncryptionError
from cartsnitch_common.models import Store, User, UserStoreAccount

OLD, NEW, FOREIGN = (bytes([number]) * 32 for number in (1, 2, 3))
TOKEN = {"cookie": "hunter2", "ids": [1, None, 2.5, "\u00e4"]}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.text(max_size=40))
def test_whatever_is_sealed_opens_as_it_was(value, place):
    """Any JSON value, at any place."""
    ring = KeyRing([NEW])

    assert ring.open(json.loads(json.dumps(ring.seal(value, place))), place) == value


def test_a_sealed_value_shows_nothing():
    """Version, key id, nonce and ciphertext; the same value never looks the same twice."""
    ring = KeyRing([NEW])

    first, second = ring.seal(TOKEN, "here"), ring.seal(TOKEN, "here")

    assert set(first) == {"v", "kid", "nonce", "ct"}
    assert "hunter2" not in json.dumps(first)
    assert first["nonce"] != second["nonce"]
    assert first["ct"] != second["ct"]
    assert len(base64.b64decode(first["nonce"])) == 12


def test_the_newest_key_seals_and_any_key_opens():
    """Rotation: a new key in front, the old one behind it until nothing needs it."""
    before = KeyRing([OLD]).seal(TOKEN, "here")
    ring = KeyRing([NEW, OLD])

    after = ring.seal(TOKEN, "here")

    assert ring.open(before, "here") == ring.open(after, "here") == TOKEN
    assert KeyRing([NEW]).open(after, "here") == TOKEN
    assert after["kid"] == ring.newest != before["kid"]


def test_another_place_does_not_open_it():
    """A value copied to another row is refused."""
    ring = KeyRing([NEW])

    with pytest.raises(EncryptionError, match="copied there from another row"):
        ring.open(ring.seal(TOKEN, "accounts.session:1"), "accounts.session:2")


def test_an_unknown_key_is_named():
    """The message tells which key is missing and what to do, without the value."""
    sealed = KeyRing([FOREIGN]).seal(TOKEN, "here")

    with pytest.raises(EncryptionError, match=f"key {sealed['kid']}.*CARTSNITCH_ENCRYPTION_KEYS"):
        KeyRing([NEW]).open(sealed, "here")


@pytest.mark.parametrize("part", ["kid", "nonce", "ct", "v"])
@pytest.mark.parametrize("change", ["flip", "cut", "replace", "empty", "number", "null"])
def test_an_altered_value_is_refused(part, change):
    """Whatever was altered: an error of ours, never another value."""
    ring = KeyRing([NEW])
    sealed = dict(ring.seal(TOKEN, "here"))
    before = str(sealed[part])
    sealed[part] = {
        "flip": ("B" if before[0] == "A" else "A") + before[1:],
        "cut": before[:-4],
        "replace": "!" * len(before),
        "empty": "",
        "number": 7,
        "null": None,
    }[change]

    with pytest.raises(EncryptionError):
        ring.open(sealed, "here")


@pytest.mark.parametrize(
    "value", [None, {}, [], "text", 5, {"v": 1}, {"v": 1, "kid": [], "nonce": "", "ct": ""}]
)
def test_what_was_never_sealed_is_refused(value):
    """A value in the clear is not handed out as if it had been protected."""
    with pytest.raises(EncryptionError):
        KeyRing([NEW]).open(value, "here")


def test_without_a_key_nothing_is_written():
    """The message names the variable and how to make a key."""
    with pytest.raises(EncryptionError, match=r"CARTSNITCH_ENCRYPTION_KEYS[\s\S]*urandom"):
        KeyRing([]).seal(TOKEN, "here")


def test_a_ring_shows_ids_only():
    """`repr` helps in logs and gives no key away."""
    ring = KeyRing([NEW])

    assert repr(ring) == f"KeyRing({ring.newest})"
    assert repr(KeyRing([])) == "KeyRing(empty)"


@pytest.fixture
def account(session, use_keys, new_key):
    """An account with a session, stored."""
    use_keys(new_key())
    account = UserStoreAccount(
        session_data=TOKEN,
        user=User(email="ada@example.com", hashed_password="x"),
        store=Store(name="Meijer", slug="meijer"),
    )
    session.add(account)
    session.commit()
    session.expire_all()
    return account


def test_an_account_keeps_its_session_sealed(session, account):
    """Readable through the model, unreadable in the table."""
    stored = session.execute(text("SELECT session_data FROM user_store_accounts")).scalar_one()

    assert account.session_data == TOKEN
    assert "hunter2" not in str(stored)
    assert "hunter2" not in repr(account)


def test_no_session_is_null(session, account):
    """None is SQL's NULL, and needs no key."""
    account.session_data = None
    session.commit()
    session.expire_all()

    assert account.session_data is None
    assert (
        session.scalar(select(UserStoreAccount.id).where(UserStoreAccount.sealed_session.is_(None)))
        == account.id
    )


def test_a_session_copied_to_another_account_does_not_open(session, account):
    """Even inside the database: the value is bound to its row."""
    thief = UserStoreAccount(user=User(email="eve@example.com", hashed_password="x"), store=account.store)
    session.add(thief)
    session.flush()
    thief.sealed_session = account.sealed_session
    session.commit()

    with pytest.raises(EncryptionError, match="copied there from another row"):
        _ = thief.session_data


def test_a_session_outlives_a_new_key_but_not_a_lost_one(account, use_keys, new_key):
    """The ring's other keys still open it; without its own key it stays closed."""
    with pytest.raises(EncryptionError, match="not among those here"):
        use_keys(new_key()) or account.session_data


def test_without_a_key_an_account_refuses_its_session(session, use_keys):
    """The assignment fails, before anything could be stored in the clear."""
    with pytest.raises(EncryptionError, match="CARTSNITCH_ENCRYPTION_KEYS"):
        UserStoreAccount(session_data=TOKEN)


def test_the_column_refuses_what_is_in_the_clear(session, account):
    """A Core statement that goes around the model does not get past the column."""
    with pytest.raises(StatementError, match="in the clear"):
        session.execute(
            insert(UserStoreAccount.__table__).values(
                user_id=account.user_id, store_id=account.store_id, session_data=TOKEN
            )
        )
