"""The examples in the OpenAPI documents are true, by schema and by class, and so is what is drawn."""

import contextlib
import json
from collections.abc import Iterator
from random import Random

from pydantic import BaseModel, ValidationError

from cartsnitch_common.constants import Service
from cartsnitch_common.schemas.base import RequestBody
from cartsnitch_contracts import places
from cartsnitch_contracts.payloads import problems
from cartsnitch_contracts.rest import Examples
from cartsnitch_contracts.rest.export import rest_folder
from cartsnitch_contracts.validation import validator
from rest_bodies import BODIES, PROBLEM, body, document
from schemas.payloads import payloads


@body
def test_accepted_examples_fit_everywhere(sides, examples, model):
    """Both schemas and the class take each of them, and sending it back changes nothing."""
    assert len(examples.accepted) >= 5
    assert {"typical", "minimal", "maximal", "boundary"} <= set(examples.accepted)
    for name, payload in examples.accepted.items():
        assert problems(validator(sides.writer), payload) == [], name
        assert problems(validator(sides.reader), payload) == [], name
        read = model.model_validate_json(json.dumps(payload))
        sent = read.model_dump_json(exclude_unset=isinstance(read, RequestBody))
        assert json.loads(sent) == payload, name


@body
def test_tolerated_examples_are_read_and_never_sent(sides, examples, model):
    """A reader takes them, by schema and by class; the writer's schema does not."""
    assert examples.tolerated or issubclass(model, RequestBody)
    for tolerated in examples.tolerated:
        assert problems(validator(sides.writer), tolerated.event), tolerated.reason
        assert problems(validator(sides.reader), tolerated.event) == [], tolerated.reason
        assert decodes(model, tolerated.event), tolerated.reason


@body
def test_rejected_examples_are_refused_everywhere(sides, examples, model):
    """Neither side's schema takes them, nor does the class; each says why, and no two are the same."""
    assert len(examples.rejected) >= 10
    assert len({json.dumps(rejected.event) for rejected in examples.rejected}) == len(examples.rejected)
    for rejected in examples.rejected:
        assert rejected.reason
        assert problems(validator(sides.writer), rejected.event), rejected.reason
        assert problems(validator(sides.reader), rejected.event), rejected.reason
        assert not decodes(model, rejected.event), rejected.reason


def rejections() -> list[tuple[str, dict]]:
    """Every rejected example as it is written, with the body that it is of."""
    folder = rest_folder()
    of_all = json.loads((folder / "problem.json").read_text(encoding="utf-8"))
    found = [(PROBLEM, raw) for raw in of_all["rejected"]]
    for service in Service:
        written = json.loads((folder / service / "examples.json").read_text(encoding="utf-8"))
        for name, parts in written.items():
            found += [(f"{name} {part}", raw) for part, of in parts.items() for raw in of["rejected"]]
    return found


def test_a_rejected_example_is_wrong_where_and_how_its_reason_says():
    """It is changed in one place, is wrong in that place alone, and 'missing' or 'null' are just those."""
    for name, raw in rejections():
        sides, examples, _ = BODIES[name]
        (rejected,) = [each for each in examples.rejected if each.event == changed(examples, raw)]
        (place,) = [*raw.get("set", {}), *raw.get("drop", ())]

        found = problems(validator(sides.reader), rejected.event)

        assert {problem.place for problem in found} == {place}, (name, raw["reason"])
        lacks, is_null = "drop" in raw, raw.get("set", {}).get(place, 0) is None
        assert ("is missing" in raw["reason"]) == lacks == (found[0].rule == "required"), raw["reason"]
        assert ("is never null" in raw["reason"]) == is_null, raw["reason"]


def changed(examples: Examples, raw: dict) -> object:
    """The example with its changes."""
    payload = examples.accepted[raw["from"]]
    for place, value in raw.get("set", {}).items():
        payload = places.put(payload, places.parse(place), value)
    for place in raw.get("drop", ()):
        payload = places.drop(payload, places.parse(place))
    return payload


@document
def test_every_document_has_text_of_all_scripts(document):
    """An example beyond ASCII for each body that holds free text."""
    for of in document.examples.values():
        for examples in of.values():
            every = [*examples.accepted.values(), *(tolerated.event for tolerated in examples.tolerated)]

            assert any(not json.dumps(payload, ensure_ascii=False).isascii() for payload in every) or (
                set(examples.accepted["typical"]) == {"user_id"}
            )


@document
def test_the_examples_of_an_error_have_its_status(document):
    """Each of the errors has one, and it keeps the schema."""
    for operation in document.operations:
        for status, sides in operation.responses.items():
            if not status.startswith("2"):
                examples = document.openapi["components"]["responses"]
                shown = [
                    example["value"]
                    for response in examples.values()
                    for example in response["content"][sides.media_type]["examples"].values()
                ]
                assert int(status) in {payload["status"] for payload in shown}
                assert all(validator(sides.writer).is_valid(payload) for payload in shown)


@body
def test_what_the_writers_schema_lets_through_is_read_and_sent_again(sides, examples, model):
    """Payloads drawn near its edges: the reader's schema and the class take them, and keep to it in turn."""
    writer, reader = validator(sides.writer), validator(sides.reader)
    allowed = [payload for payload in draws(sides.writer) if writer.is_valid(payload)]
    drawn = [payload for payload in allowed if timely(model, payload)]

    for payload in drawn:
        assert reader.is_valid(payload)
        read = model.model_validate_json(json.dumps(payload))
        sent = json.loads(read.model_dump_json(exclude_unset=isinstance(read, RequestBody)))
        assert problems(writer, sent) == []
    assert len(drawn) > 40


def draws(schema: dict) -> Iterator[object]:
    """Payloads drawn from a schema, those that it accepts being parents of later ones."""
    accepted, drawing = validator(schema), payloads(Random(7), schema, count=800)  # noqa: S311
    with contextlib.suppress(StopIteration):
        candidate = next(drawing)
        while True:
            yield candidate
            candidate = drawing.send(accepted.is_valid(candidate))


def timely(model: type[BaseModel], payload: object) -> bool:
    """Without the moments that jsonschema-rs takes and Pydantic refuses: T0-:00:00Z, 23:59:60, the year 0."""
    try:
        model.model_validate_json(json.dumps(payload))
    except ValidationError as error:
        return not all(each["type"].startswith(("date_", "datetime_")) for each in error.errors())
    return True


def test_a_page_has_a_thousand_items_at_most():
    """The document and the class have the same limit."""
    sides, examples, model = BODIES["GET /prices 200"]
    page = examples.accepted["minimal"]
    (item,) = examples.accepted["boundary"]["items"]

    most, more = (page | {"items": [item] * number} for number in (1000, 1001))

    assert problems(validator(sides.writer), most) == []
    assert decodes(model, most)
    assert [problem.rule for problem in problems(validator(sides.reader), more)] == ["maxItems"]
    assert not decodes(model, more)


def decodes(model: type[BaseModel], payload: object) -> bool:
    """Whether the class takes the payload from the wire."""
    try:
        model.model_validate_json(json.dumps(payload))
    except ValidationError:
        return False
    return True
