"""Places in an event, as people name them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartsnitch_contracts import places

EVENT = {"payload": {"prices": [{"sale": 1}, {"sale": 2}, {}], "a.b": 0}}


NAMES = st.text(st.characters(codec="utf-8"), min_size=1)
PATHS = st.tuples(
    NAMES.filter(lambda name: name != "event"), st.lists(NAMES | st.integers(0, 99) | st.none())
)


@settings(deadline=None, database=None)
@given(PATHS.map(lambda parts: (parts[0], *parts[1])))
def test_a_place_is_read_back_as_it_was_shown(path):
    """Whatever a field is called."""
    assert places.parse(places.show(path)) == path


def test_a_place_reads_like_the_payload():
    """Fields by dots, items by index, each item by empty brackets, odd names quoted."""
    assert places.show(("payload", "prices", 0, "sale")) == "payload.prices[0].sale"
    assert places.show(("payload", "prices", places.EACH, "sale")) == "payload.prices[].sale"
    assert places.show(("payload", "a.b")) == 'payload["a.b"]'
    assert places.show(()) == "event"
    assert places.parse("event") == ()


@pytest.mark.parametrize("text", [".payload", "payload..total", "payload[", "payload[x]", "a b"])
def test_what_is_no_place_is_refused(text):
    """The error shows how a place is written."""
    with pytest.raises(ValueError, match=r"write it like 'payload\.prices\[0\]\.sale_price'"):
        places.parse(text)


def test_each_item_is_found():
    """Absent fields are not."""
    found = list(places.find(EVENT, places.parse("payload.prices[].sale")))

    assert found == [("payload", "prices", 0, "sale"), ("payload", "prices", 1, "sale")]
    assert list(places.find(EVENT, places.parse("payload.prices[7].sale"))) == []
    assert list(places.find(EVENT, places.parse("payload.total"))) == []


def test_a_change_leaves_the_original_alone():
    """`put` and `drop` give copies."""
    changed = places.put(EVENT, ("payload", "prices", 0, "sale"), 9)
    dropped = places.drop(EVENT, ("payload", "prices", 1))

    assert changed["payload"]["prices"][0] == {"sale": 9}
    assert dropped["payload"]["prices"] == [{"sale": 1}, {}]
    assert EVENT["payload"]["prices"] == [{"sale": 1}, {"sale": 2}, {}]


def test_leaves_are_all_that_holds_nothing_else():
    """An empty object is one of them."""
    assert dict(places.leaves(EVENT)) == {
        ("payload", "prices", 0, "sale"): 1,
        ("payload", "prices", 1, "sale"): 2,
        ("payload", "prices", 2): {},
        ("payload", "a.b"): 0,
    }
