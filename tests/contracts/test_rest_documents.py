"""The OpenAPI documents: what they say, and that the schemas say the same."""

import json
import subprocess
import sys

import jsonschema_rs
import openapi_spec_validator
import pytest

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.schemas.base import RequestBody
from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.drafts import outdated
from cartsnitch_contracts.files import package_files, package_folder, read_examples
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.rest import RestDocument, Sides, loads
from cartsnitch_contracts.rest.export import documents
from cartsnitch_contracts.rest.openapi import openapi
from cartsnitch_contracts.rest.operations import ENDPOINTS
from cartsnitch_contracts.topology import ROUTES
from cartsnitch_contracts.validation import validator
from rest_bodies import ALL, OPERATIONS, body, document, endpoint_of

EXAMPLES = ("clipartist/examples", "problem")


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


@pytest.mark.parametrize(
    ("forget", "complaint"),
    [
        (lambda all_of_it: all_of_it.pop("POST /optimize"), "has no examples of POST /optimize"),
        (lambda all_of_it: all_of_it["POST /optimize"].pop("200"), 'the body "200" of POST /optimize'),
        (lambda all_of_it: all_of_it["POST /optimize"].pop("request"), 'the body "request" of POST'),
    ],
)
def test_an_operation_without_examples_is_told_where_to_write_them(forget, complaint):
    """Somebody gave an operation another path or status, and exports before the examples follow."""
    examples, problems = (read_examples(package_folder(), f"rest/{name}.json") for name in EXAMPLES)
    forget(examples)

    with pytest.raises(DocumentError, match=r"documents/rest/clipartist/examples\.json has no") as told:
        openapi(Service.CLIP_ARTIST, examples, problems, "next")

    assert complaint in str(told.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(None, "There is no documents/events"), ("{", "is not JSON"), ("[]", "is no JSON object")],
)
def test_examples_that_cannot_be_read_are_named(tmp_path, text, complaint):
    """The file, and what is wrong with it."""
    if text is not None:
        (tmp_path / "events").mkdir()
        (tmp_path / "events" / "examples.json").write_text(text)

    with pytest.raises(DocumentError, match=r"documents/events/examples\.json") as told:
        read_examples(tmp_path, "events/examples.json")

    assert complaint in str(told.value)


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


AGREED = {
    "receiptwitness": {
        "POST /sync/{store_slug}": ("", "user_id", "job_id status message"),
        "GET /sync/status": ("user_id", "", "store_slug status last_sync_at? items_synced?"),
        "GET /purchases": ("user_id? since? cursor? limit?", "", "items next_cursor? has_more"),
        "GET /purchases/{id}": ("", "", "id user_id store_id receipt_id purchase_date total items"),
        "GET /products/{id}": ("", "", "id canonical_name category? brand? size? size_unit? upc_variants"),
        "GET /prices": ("product_id? store_slug? since? cursor? limit?", "", "items next_cursor? has_more"),
    },
    "stickershock": {
        "GET /increases": (
            "since? store_slug? min_percent? cursor? limit?",
            "",
            "items next_cursor? has_more",
        ),
        "GET /inflation": (
            "since? until? category? store_slug?",
            "",
            "since until categories overall_percent_change? overall_cpi_percent_change?",
        ),
    },
    "shrinkray": {"GET /alerts": ("user_id since? cursor? limit?", "", "items next_cursor? has_more")},
    "clipartist": {
        "POST /optimize": ("", "user_id items preferred_stores?", "trips total_cost total_savings"),
        "GET /shopping-lists": ("user_id since? cursor? limit?", "", "items next_cursor? has_more"),
        "GET /coupons/relevant": (
            "user_id store_slug? since? cursor? limit?",
            "",
            "items next_cursor? has_more",
        ),
    },
    "api": {"POST /internal/error-stats": ("", "report_id service period_start period_end errors", "noted")},
}
"""What services call of each other: the query, the request's fields, and fields of the answer."""
AGREED_PARTS = {
    "WantedItem.reader": "product_id? name quantity",
    "Trip.reader": "store_id store_name items subtotal coupons savings",
    "TripItem.reader": "name price product_id?",
    "CategoryInflation.reader": "category percent_change cpi_percent_change?",
    "ProblemDetails.reader": "type? title status detail? instance? errors?",
}
"""Fields of what is inside them."""


def fields(schema: dict) -> set[str]:
    """The fields of an object, or of a list's items; those that may be absent with a question mark."""
    held = schema
    if schema.get("type") == "array":
        held = schema["$defs"][schema["items"]["$ref"].rpartition("/")[2]]
    required = held.get("required", ())
    return {name if name in required else f"{name}?" for name in held["properties"]}


@document
def test_a_service_serves_what_was_agreed(document):
    """Each operation, spelt out here, with every field; no more operations, and no other parameter."""
    agreed = AGREED[document.service]

    assert {operation.name for operation in document.operations} == set(agreed)
    for operation in document.operations:
        query, request, answer = (set(part.split()) for part in agreed[operation.name])
        (success,) = [sides for status, sides in operation.responses.items() if status.startswith("2")]
        described = [each for each in operation.parameters if each.location == "query"]
        assert {each.name if each.required else f"{each.name}?" for each in described} == query
        assert (fields(operation.request.reader) if operation.request else set()) == request
        assert answer <= fields(success.reader), operation.name


def test_what_is_inside_a_body_is_what_was_agreed():
    """The objects that bodies hold, and the one error body."""
    components = {}
    for served in ALL.values():
        components |= served.openapi["components"]["schemas"]

    for name, agreed in AGREED_PARTS.items():
        assert set(agreed.split()) <= fields(components[name]), name


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


@pytest.mark.parametrize(("document", "operation"), OPERATIONS, ids=[made.name for _, made in OPERATIONS])
def test_every_writer_is_proved_to_fit_its_reader(document, operation):
    """Of each parameter and body, so that today's services understand each other."""
    parts = {each.name: each.sides for each in operation.parameters} | dict(operation.responses)

    for name, sides in (parts | {"request": operation.request}).items():
        if sides:
            assert decide(sides.writer, sides.reader).verdict is Verdict.COMPATIBLE, name


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
