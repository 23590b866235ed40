"""The OpenAPI documents: what they say, that the schemas say the same, and that their examples are true."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from random import Random

import jsonschema_rs
import openapi_spec_validator
import pytest
from pydantic import BaseModel, ValidationError

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.schemas.base import RequestBody
from cartsnitch_common.schemas.rest import ProblemDetails
from cartsnitch_contracts import DocumentError, places
from cartsnitch_contracts.drafts import outdated
from cartsnitch_contracts.files import package_files
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.payloads import problems
from cartsnitch_contracts.rest import Examples, RestDocument, Sides, loads
from cartsnitch_contracts.rest.export import documents, rest_folder
from cartsnitch_contracts.rest.operations import ENDPOINTS, Endpoint
from cartsnitch_contracts.topology import ROUTES
from cartsnitch_contracts.validation import validator
from schemas.payloads import payloads

ALL = {
    document.service: loads(document.dumps(), source=f"{document.service}/next.json")
    for document in documents()
}
OPERATIONS = [(document, operation) for document in ALL.values() for operation in document.operations]
PROBLEM = "problem"


def endpoint_of(name: str) -> Endpoint:
    """The row of the table that an operation was made of."""
    (endpoint,) = [endpoint for endpoint in ENDPOINTS if f"{endpoint.method} {endpoint.path}" == name]
    return endpoint


def bodies() -> dict[str, tuple[Sides, Examples, type[BaseModel]]]:
    """Every body with its schemas, its examples and its class, by operation and `request` or status."""
    found = {}
    for document, operation in OPERATIONS:
        endpoint = endpoint_of(operation.name)
        of = document.examples[operation.name]
        success = str(endpoint.success)
        if operation.request and endpoint.request:
            found[f"{operation.name} request"] = (operation.request, of["request"], endpoint.request)
        found[f"{operation.name} {success}"] = (operation.responses[success], of[success], endpoint.answer)
    raw = json.loads((rest_folder() / "problem.json").read_text(encoding="utf-8"))
    media = {
        "examples": {name: {"value": value} for name, value in raw["accepted"].items()},
        "x-cartsnitch-tolerated": raw["tolerated"],
        "x-cartsnitch-rejected": raw["rejected"],
    }
    sides = ALL["api"].operations[0].responses["401"]
    return found | {PROBLEM: (sides, Examples.of(media), ProblemDetails)}


BODIES = bodies()
body = pytest.mark.parametrize(("sides", "examples", "model"), BODIES.values(), ids=BODIES)
document = pytest.mark.parametrize("document", ALL.values(), ids=ALL)


def decodes(model: type[BaseModel], payload: object) -> bool:
    """Whether the class takes the payload from the wire."""
    try:
        model.model_validate_json(json.dumps(payload))
    except ValidationError:
        return False
    return True


def test_next_json_says_what_the_schemas_say():
    """A change of a schema or an example is exported in the same commit."""
    stale = [path for path in outdated(package_files()) if path.startswith("rest/")]

    assert not stale, f"{stale}: run 'cartsnitch contracts export' and commit what it writes"
    assert set(snapshot().rest) == set(ALL)


def test_every_service_has_a_document_of_what_it_serves():
    """Five services, five documents, and every row of the table in one of them."""
    served = {(document.service, operation.name) for document, operation in OPERATIONS}

    assert set(ALL) == {str(service) for service in Service}
    assert served == {(str(row.service), f"{row.method} {row.path}") for row in ENDPOINTS}
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)


@document
def test_a_document_is_openapi(document):
    """The official validator takes it, as 3.1."""
    openapi_spec_validator.validate(document.openapi, cls=openapi_spec_validator.OpenAPIV31SpecValidator)

    assert document.openapi["openapi"] == "3.1.0"
    assert document.version == document.openapi["info"]["version"] == "next"


def schemas_of(document: RestDocument) -> list[tuple[str, Sides]]:
    """Every body and parameter of a document."""
    found = []
    for operation in document.operations:
        found += [(f"{operation.name} {each.name}", each.sides) for each in operation.parameters]
        found += [(f"{operation.name} {status}", sides) for status, sides in operation.responses.items()]
        if operation.request:
            found.append((f"{operation.name} request", operation.request))
    return found


@document
def test_the_schemas_keep_the_metaschema(document):
    """Both sides of each are JSON Schema 2020-12, and stand alone."""
    for where, sides in schemas_of(document):
        for schema in (sides.writer, sides.reader):
            jsonschema_rs.meta.validate(schema)
            validator(schema, source=where)
            assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
            assert "#/components/" not in json.dumps(schema)


@document
def test_a_component_keeps_the_metaschema(document):
    """Each schema as it stands in the file, and each is used."""
    text = document.dumps()

    for name, schema in document.openapi["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema)
        assert f'"#/components/schemas/{name}"' in text


@body
def test_a_writer_is_closed_and_only_requests_have_a_closed_reader(sides, examples, model):
    """An answer may say more one day; a request that says more is a mistake."""
    objects = {
        side: [part for part in (schema, *schema.get("$defs", {}).values()) if part.get("type") == "object"]
        for side, schema in (("writer", sides.writer), ("reader", sides.reader))
    }

    assert objects["writer"]
    assert all(schema["additionalProperties"] is False for schema in objects["writer"])
    closed = {schema.get("additionalProperties") for schema in objects["reader"]}
    assert closed == ({False} if issubclass(model, RequestBody) else {None})


@pytest.mark.parametrize(("document", "operation"), OPERATIONS, ids=[made.name for _, made in OPERATIONS])
def test_an_operation_says_all_that_a_caller_needs(document, operation):
    """Its key, its callers, its errors as problem details, and a description of everything."""
    raw = document.openapi["paths"][operation.path][operation.method.lower()]

    assert operation.summary
    assert raw["operationId"] == endpoint_of(operation.name).name
    assert operation.security == {frozenset({"apiKey header x-service-key"})}
    assert operation.callers
    assert document.service not in operation.callers
    assert {"401", "422"} <= set(operation.responses)
    for status, sides in operation.responses.items():
        expected = "application/json" if status.startswith("2") else "application/problem+json"
        assert sides.media_type == expected, status
    if operation.request:
        assert operation.request_required


def test_a_path_names_its_parameters():
    """Each in braces is described, and none else."""
    for _, operation in OPERATIONS:
        described = {each.name for each in operation.parameters if each.location == "path"}

        assert {name for name in described if f"{{{name}}}" in operation.path} == described
        assert operation.path.count("{") == len(described)


def test_a_parameter_is_never_null_and_required_where_the_class_says_so():
    """A URL cannot say null."""
    (operation,) = [made for _, made in OPERATIONS if made.name == "GET /alerts"]
    required = {each.name: each.required for each in operation.parameters}

    assert required == {"cursor": False, "limit": False, "since": False, "user_id": True}
    for _, other in OPERATIONS:
        for parameter in other.parameters:
            for schema in (parameter.sides.writer, parameter.sides.reader):
                assert not validator(schema).is_valid(None), parameter.name


def test_whoever_subscribes_may_catch_up():
    """A subscriber calls the list that repeats its events, and the gateway calls every other service."""
    catch_up = {
        EventType.RECEIPTS_INGESTED: "GET /purchases",
        EventType.PRICES_UPDATED: "GET /prices",
        EventType.PRODUCTS_NORMALIZED: "GET /products/{id}",
        EventType.COUPONS_UPDATED: "GET /coupons/relevant",
        EventType.ALERT_PRICE_INCREASE: "GET /increases",
        EventType.ALERT_SHRINKFLATION: "GET /alerts",
    }

    for event_type, name in catch_up.items():
        endpoint = endpoint_of(name)

        assert endpoint.service in ROUTES[event_type].publishers
        assert set(ROUTES[event_type].subscribers) <= set(endpoint.callers)
    assert all(Service.API in {endpoint.service, *endpoint.callers} for endpoint in ENDPOINTS)


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


@pytest.mark.parametrize(("document", "operation"), OPERATIONS, ids=[made.name for _, made in OPERATIONS])
def test_every_writer_is_proved_to_fit_its_reader(document, operation):
    """Of each parameter and body, so that today's services understand each other."""
    parts = {each.name: each.sides for each in operation.parameters} | dict(operation.responses)

    for name, sides in (parts | {"request": operation.request}).items():
        if sides:
            assert decide(sides.writer, sides.reader).verdict is Verdict.COMPATIBLE, name


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


@document
def test_a_document_survives_its_own_text(document):
    """Written and read again, it is the same."""
    copy = loads(document.dumps(), source="copy")

    assert copy.dumps() == document.dumps()
    assert copy.operations == document.operations
    assert document.dumps().endswith("}\n")


def test_only_the_version_differs_between_next_and_a_release():
    """And it is the first line that says a version, so a release need not parse anything."""
    for draft, frozen in zip(documents(), documents("0.4.0"), strict=True):
        assert frozen.version == "0.4.0"
        assert draft.dumps().replace('"version": "next"', '"version": "0.4.0"', 1) == frozen.dumps()


def test_an_operation_is_found_by_its_name():
    """The error lists those that there are."""
    document = ALL["receiptwitness"]

    assert document.operation("GET /products/{id}").key == "GET /products/{}"
    with pytest.raises(DocumentError, match=r"receiptwitness has no operation 'GET /product'.*GET /prices"):
        document.operation("GET /product")


def test_reading_a_document_loads_no_schema_class():
    """So a document of any age is judged without the classes of today."""
    code = (
        "import sys, cartsnitch_contracts.rest;"
        "print([name for name in sys.modules if name.startswith(('cartsnitch_common.schemas', 'pydantic'))])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
