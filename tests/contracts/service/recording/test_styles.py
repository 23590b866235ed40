"""Handlers and clients in many styles: what a recording says that they read, and that nothing is missed."""

import asyncio
import copy
import inspect
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import reading_styles
from cartsnitch_common.events import decode_event
from cartsnitch_contracts import places
from cartsnitch_contracts.service.recording import Recorder, Subject, answers, code, models, objects, seals
from cartsnitch_contracts.service.recording.notes import Notes
from cartsnitch_contracts.service.recording.objects import NEED_ALL, RecordedObject, recorded
from read_messages import ID, OTHERWISE, PAGE, PRICES_EVENT, RECEIPT_EVENT
from reading_styles import BODY, PRICES, STYLES, Style


def outcome(run: Any, value: Any) -> str:
    """What a style makes of it, in words; of a function that it returns, what that returns later."""
    try:
        result = run(value)
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        return repr(result() if callable(result) else result)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def message(style: Style) -> dict[str, Any]:
    sent = {PRICES: PRICES_EVENT, BODY: PAGE}.get(style.subject, RECEIPT_EVENT)
    return copy.deepcopy(sent)


def plainly(style: Style, sent: dict[str, Any]) -> str:
    """The outcome where nobody records."""
    return outcome(style.run, sent if style.subject == BODY else decode_event(json.dumps(sent)))


def record(style: Style) -> tuple[Notes, Subject, str]:
    """The notes of one recording, and the outcome."""
    recorder = Recorder("stickershock", [Path(reading_styles.__file__)])
    if style.subject == BODY:
        subject = Subject("calls", BODY, "receiptwitness")
        with recorder.recording():
            result = outcome(style.run, recorded(message(style), recorder.notes, subject))
    else:
        subject = Subject("consumes", style.subject)
        event = decode_event(json.dumps(message(style)))
        with recorder.recording():
            result = outcome(partial(recorder.deliveries.of, style.run), event)
    return recorder.notes, subject, result


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_recording_names_what_is_read(style):
    """Exactly the expected places, each with the line of the service, where it is the one to read."""
    notes, subject, _ = record(style)

    found = notes.reads(subject)
    assert tuple(each.field for each in found) == style.reads
    assert {str(each.at or "reading_styles.py:0").partition(":")[0] for each in found} <= {
        "reading_styles.py"
    }


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_recording_changes_nothing(style):
    """The outcome is the one without it."""
    _, _, result = record(style)

    assert result == plainly(style, message(style))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_what_is_not_named_does_not_matter(style):
    """Whatever stands in the fields that the recording does not name, the outcome stays."""
    notes, subject, _ = record(style)
    named = [places.parse(each.field) for each in notes.reads(subject)]
    expected = plainly(style, message(style))

    for path, value in places.leaves(message(style)):
        pattern = places.pattern(path)
        if path == ("event_type",) or any(pattern[: len(each)] == each for each in named):
            continue
        name = next(step for step in reversed(path) if isinstance(step, str))
        other = places.put(message(style), path, OTHERWISE.get(name, ID(9)))
        assert other != message(style), f"there is another {value!r} to try"
        assert plainly(style, other) == expected, f"it depends on {places.show(path)}"


def test_there_are_styles_enough():
    """At least thirty for events, and for answers; none twice."""
    names = [style.name for style in STYLES]

    assert len(names) == len(set(names))
    assert sum(style.subject != BODY for style in STYLES) >= 45
    assert sum(style.subject == BODY for style in STYLES) >= 30


def broken(*names: str) -> list[str]:
    """The styles, of these or of all, that are recorded wrongly, or come out otherwise when they are."""
    found = []
    for style in STYLES:
        if names and style.name not in names:
            continue
        try:
            notes, subject, result = record(style)
        except RecursionError:
            found.append(style.name)
            continue
        named = tuple(each.field for each in notes.reads(subject))
        if named != style.reads or result != plainly(style, message(style)):
            found.append(style.name)
    return found


METHODS = {
    "__iter__": "a_walk_over_the_keys",
    "__reversed__": "backwards",
    "keys": "the_names",
    "values": "the_values",
    "items": "a_walk_over_the_items",
    "__eq__": "equal_to_a_dict",
    "__ne__": "different_from_a_dict",
    "__ior__": "merged_in_place",
    "__repr__": "shown",
    "update": "updated",
    "popitem": "popped_blindly",
    "clear": "cleared",
    "__getitem__": "keys",
    "get": "a_get",
    "__contains__": "the_word_in",
    "__bool__": "a_body_that_is_not_empty",
    "__len__": "how_many_fields",
}
"""What a JSON object does itself, and a style that needs it to."""


@pytest.mark.parametrize("name", METHODS)
def test_no_method_of_json_objects_can_be_left_out(monkeypatch, name):
    """Without it this style, at least, is recorded wrongly."""
    assert METHODS.keys() >= set(NEED_ALL)

    monkeypatch.delattr(RecordedObject, name)

    assert broken(METHODS[name])


def without(*_: object, **__: object) -> None:
    """Does nothing."""


@pytest.mark.parametrize(
    ("owner", "name", "instead", "style"),
    [
        (models._Mark, "_field", lambda mark, name: mark.values[name], "an_attribute"),
        (models._Mark, "_values", lambda mark: mark.values, "vars_of_it"),
        (models, "_TELLING", frozenset(), "which_fields_were_set"),
        (models, "hasattr", lambda *_: True, "a_field_that_is_not_there"),
        (seals.Trap, "__eq__", str.__eq__, "past_the_class"),
        (objects, "trapped", lambda values, broken: values, "past_its_class"),
        (objects, "_LENGTH_FOR_A_PATTERN", -1, "a_pattern_of_a_mapping"),
        (objects.RecordedObject, "__deepcopy__", without, "copied_deeply"),
        (objects.RecordedObject, "__reduce_ex__", dict.__reduce_ex__, "pickled_json"),
        (answers.Answers, "validated", lambda _, __, value, make: make(value), "the_shared_page"),
        (answers, "_all_shared", lambda _: False, "items_of_a_shared_class"),
        (code, "_LOOPS", (), "a_callback_of_the_loop_that_reads_in_c"),
    ],
)
def test_no_interception_can_be_left_out(monkeypatch, owner, name, instead, style):
    """Without it this style, at least, is recorded wrongly."""
    assert not broken(style)

    monkeypatch.setattr(owner, name, instead, raising=False)

    assert broken(style)
