"""Which events a handler is tried on: versions, generated events, and those of tomorrow."""

import json

import pytest
from hypothesis import HealthCheck, find, given, seed, settings

from cartsnitch_contracts import places
from cartsnitch_contracts.files import Folder, package_files
from cartsnitch_contracts.library import documents, load_document
from cartsnitch_contracts.manifest import Manifest, Release, digest
from cartsnitch_contracts.service.consumes.changes import ABSENT, apply_all, changes
from cartsnitch_contracts.service.consumes.generate import events, simplest_first
from cartsnitch_contracts.service.consumes.supported import supported
from cartsnitch_contracts.service.consumes.unknown import with_unknown_fields, with_unknown_values

ALL = pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
PRICES = load_document("prices.updated")
PATH = "events/prices.updated/{}.json"


def drawn(document, count, start=0):
    """Generated events, the same ones each time."""
    found = []

    @seed(start)
    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(events(document))
    def draw(event):
        found.append(event)

    draw()
    return found


@pytest.fixture
def released(tmp_path):
    """Writes releases of one channel's document: `released({"0.1.0": change, ...})`, by what changes."""

    def write(texts):
        raw = package_files().read(PATH.format("next"))
        (tmp_path / "events/prices.updated").mkdir(parents=True)
        (tmp_path / PATH.format("next")).write_bytes(raw)
        releases = {}
        for version, change in texts.items():
            files = {}
            if change is not None:
                text = json.dumps(json.loads(raw) | {"version": version} | change, indent=2).encode()
                (tmp_path / PATH.format(version)).write_bytes(text)
                files[PATH.format(version)] = digest(text)
            releases[version] = Release(files)
        (tmp_path / "manifest.json").write_text(Manifest(releases).dumps())
        return Folder(tmp_path)

    return write


def test_before_the_first_release_what_comes_next_is_supported_alone(released):
    """There is nothing else."""
    assert [document.version for document in supported("prices.updated", 3, released({}))] == ["next"]


def test_the_last_minor_releases_are_supported_with_all_their_documents(released):
    """Three by default; a release in which the channel did not change has the document before it."""
    files = released(
        {
            "0.1.0": {"subscribers": ["api"]},
            "0.2.0": {"subscribers": ["shrinkray"]},
            "0.3.0": None,
            "0.3.1": {"subscribers": ["clipartist"]},
            "0.4.0": None,
        }
    )

    versions = [document.version for document in supported("cartsnitch.prices.updated", 3, files)]

    assert versions == ["0.2.0", "0.3.1", "next"]
    assert [document.version for document in supported("prices.updated", 1, files)] == ["0.3.1", "next"]


@ALL
def test_generated_events_are_allowed_and_differ(document):
    """Each is one that the writer may send; most are no two alike."""
    found = drawn(document, 30)

    assert all(document.validator("writer").is_valid(event) for event in found)
    assert len({json.dumps(event) for event in found}) > len(found) / 2


@ALL
def test_the_same_seed_draws_the_same_events(document):
    """And another seed others."""
    once, again, otherwise = (drawn(document, 10, start) for start in (0, 0, 1))

    assert once == again
    assert once != otherwise


def test_every_place_is_drawn_anew():
    """No field but the channel's name keeps the example's value in all events."""
    example = PRICES.accepted["minimal"]
    seen = drawn(PRICES, 120)

    kept = [
        places.show(path)
        for path, value in places.leaves(example)
        if all(places.get(event, path) == value for event in seen if list(places.find(event, path)))
    ]

    assert kept == ["event_type"]


def test_events_shrink_to_one_change_of_the_first_example():
    """Whatever was drawn first, what is left is what matters."""
    settled = settings(database=None, derandomize=True, max_examples=500)

    event = find(
        events(PRICES), lambda e: e["payload"]["prices"][0]["store_slug"] == "target", settings=settled
    )

    (change,) = changes(PRICES.accepted["minimal"], event)
    assert str(change) == 'payload.prices[0].store_slug    "meijer" -> "target"'


@ALL
def test_unknown_fields_are_added_wherever_readers_are_open(document):
    """In the envelope and in the payload; no writer sends it, every reader takes it."""
    for _, example in simplest_first(document):
        (event,) = with_unknown_fields(document, example)

        assert "x_of_tomorrow" in event
        assert "x_of_tomorrow" in event["payload"]
        assert document.validator("reader").is_valid(event)
        assert not document.validator("writer").is_valid(event)


@ALL
def test_unknown_values_stand_wherever_values_are_listed(document):
    """One at a time: the sender's name in each, and the payload's own enums."""
    _, example = simplest_first(document)[0]

    found = [change for event in with_unknown_values(document, example) for change in changes(example, event)]

    assert "service" in {change.place for change in found}
    assert {change.new for change in found} == {"of_tomorrow"}


@ALL
def test_changes_make_one_example_of_another(document):
    """Of whatever shape: fields and items that come, go or differ."""
    for _, old in simplest_first(document):
        for _, new in simplest_first(document):
            assert apply_all(old, changes(old, new)) == new


def test_a_change_says_what_is_absent():
    """And tells 1 from true."""
    made = changes({"a": 1, "b": [1, 2]}, {"a": True, "b": [1], "c": None})

    assert [(change.place, change.old, change.new) for change in made] == [
        ("a", 1, True),
        ("b[1]", 2, ABSENT),
        ("c", ABSENT, None),
    ]
    assert str(made[1]) == "b[1]    2 -> absent"
