"""OpenAPI documents of anybody are read as operations, and what is none is explained."""

import json
from typing import Annotated, Any

import jsonschema_rs
import pytest
from fastapi import FastAPI, Query

from cartsnitch_common.schemas import rest
from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.rest import Operation, loads
from cartsnitch_contracts.rest.operation import ANYBODY


def text(paths: Any = None, *, openapi: Any = "3.1.0", **more: Any) -> str:
    """A small document's file."""
    info = {"title": "Shelves", "version": "7"}
    return json.dumps({"openapi": openapi, "info": info, "paths": paths or {}, **more})


def only(paths: Any, **more: Any) -> Operation:
    """The one operation of a small document."""
    (operation,) = loads(text(paths, **more), source="shelves.json").operations
    return operation


def answering(schema: Any, **more: Any) -> str:
    """A document whose one operation answers with the schema."""
    return text({"/x": {"get": answer(schema)}}, **more)


def answer(schema: Any) -> dict[str, Any]:
    """An operation that answers with the schema."""
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def accepts(schema: Any, *values: Any, **more: Any) -> list[bool]:
    """Which of the values an answer of the schema may be."""
    (operation,) = loads(answering(schema, **more), source="shelves.json").operations
    reader = jsonschema_rs.Draft202012Validator(operation.responses["200"].reader, validate_formats=True)
    return [reader.is_valid(value) for value in values]


def test_what_fastapi_writes_is_read():
    """Without our extensions a body's two sides are both the schema as it stands there."""
    app = FastAPI(title="Prices")

    @app.get("/prices")
    def prices(query: Annotated[rest.PricesQuery, Query()]) -> rest.PricePage: ...

    @app.post("/optimize", status_code=201)
    def optimize(body: rest.OptimizeRequest) -> rest.ShoppingPlan: ...

    document = loads(json.dumps(app.openapi()), source="openapi.json")
    post, get = document.operations

    assert (document.service, document.version) == ("Prices", app.version)
    assert (get.name, post.name) == ("GET /prices", "POST /optimize")
    assert [parameter.name for parameter in get.parameters] == [
        "cursor",
        "limit",
        "product_id",
        "since",
        "store_slug",
    ]
    assert post.request == post.request.__class__(
        post.request.writer, post.request.writer, "application/json"
    )
    assert set(post.responses) == {"201", "422"}
    assert set(post.responses["201"].reader["$defs"]) == {"Trip", "TripItem", "TripCoupon"}
    assert (get.security, get.callers) == (ANYBODY, ())
    assert document.examples == {"GET /prices": {}, "POST /optimize": {}}


def test_a_schema_stands_alone_with_what_it_refers_to():
    """Only that, under names that are unique, also where it refers to itself or into another schema."""
    components = {
        "schemas": {
            "Shelf": {
                "type": "object",
                "properties": {
                    "above": {"$ref": "#/components/schemas/Shelf"},
                    "slot": {"$ref": "#/x-more/Slot"},
                },
            },
            "Slot": {"type": "integer"},
            "Both": {"prefixItems": [{"$ref": "#/components/schemas/Slot"}, {"$ref": "#/x-more/Slot"}]},
            "Width": {"$ref": "#/components/schemas/Shelf/properties/slot"},
        }
    }
    more = {"components": components, "x-more": {"Slot": {"type": "string"}}}

    shelf = (
        only({"/x": {"get": answer({"$ref": "#/components/schemas/Shelf"})}}, **more).responses["200"].reader
    )

    assert set(shelf["$defs"]) == {"Shelf", "Slot"}
    assert accepts(
        {"$ref": "#/components/schemas/Shelf"}, {"above": {"slot": "a"}}, {"above": {"slot": 1}}, **more
    ) == [True, False]
    assert accepts({"$ref": "#/components/schemas/Both"}, [1, "a"], ["a", 1], **more) == [True, False]
    assert accepts({"$ref": "#/components/schemas/Width"}, "a", 1, **more) == [True, False]
    assert accepts({"$ref": "#/x-more/a%20b~0~1c"}, None, 1, **{"x-more": {"a b~/c": {"type": "null"}}}) == [
        True,
        False,
    ]


def test_a_schema_may_refer_to_its_own_anchor():
    """As JSON Schema allows it since 2019-09; only references by pointer are turned."""
    schema = {"items": {"$ref": "#word"}, "$defs": {"Word": {"$anchor": "word", "type": "string"}}}

    assert accepts(schema, ["a"], [1]) == [True, False]


def test_a_word_that_looks_like_a_reference_is_none():
    """A property may be called `$ref`, and a constant may look like a schema."""
    schema = {"properties": {"$ref": {"type": "integer"}, "enum": {"const": {"$ref": "#/nowhere"}}}}

    assert accepts(schema, {"$ref": 1}, {"$ref": "#"}, {"enum": {"$ref": "#/nowhere"}}) == [True, False, True]


def test_openapi_3_0_is_read_in_the_words_of_today():
    """`nullable`, exclusive bounds as switches, and references that hide what stands beside them."""
    older = {"openapi": "3.0.3", "components": {"schemas": {"Slot": {"type": "integer"}}}}
    slot = {"$ref": "#/components/schemas/Slot", "minimum": 5, "nullable": True}
    bounds = {
        "type": "number",
        "minimum": 0,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": False,
    }

    assert accepts({"type": "string", "nullable": True}, "a", None, 1, **older) == [True, True, False]
    assert accepts({"nullable": True, "enum": ["a"]}, "a", None, **older) == [True, False]
    assert accepts(bounds, 0, 1, 9, 10, **older) == [False, True, True, False]
    assert accepts({"exclusiveMinimum": True}, 0, **older) == [True]
    assert accepts({"properties": {"slot": slot}}, {"slot": 1}, {"slot": None}, **older) == [True, False]


def test_what_openapi_says_beside_a_schema_is_left_out():
    """It says nothing of the values, and may look like a reference."""
    beside = {"discriminator": {"propertyName": "kind"}, "example": {"$ref": "#/nowhere"}, "xml": {}}

    read = (
        only({"/x": {"get": answer({"properties": {"a": {**beside, "title": "A"}}})}}).responses["200"].reader
    )

    assert read["properties"]["a"] == {"title": "A"}


def test_a_parameter_in_the_path_is_always_there():
    """Also where the document forgets to say so."""
    described = [{"name": "id", "in": "path", "schema": {}}, {"name": "q", "in": "query", "schema": {}}]

    operation = only({"/x/{id}": {"get": {"parameters": described}}})

    assert [each.required for each in operation.parameters] == [True, False]


def test_schemas_may_be_true_or_false_or_absent():
    """Anything, and nothing."""
    assert accepts(True, 1) == [True]
    assert accepts(False, 1) == [False]
    assert accepts({"items": False}, [], [1]) == [True, False]
    assert only({"/x": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}}}).responses[
        "200"
    ].reader.keys() == {"$schema"}


def test_parameters_and_bodies_may_be_shared():
    """By reference, and by the whole path; an operation's own comes before its path's."""
    components = {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
        "requestBodies": {
            "Box": {
                "required": True,
                "content": {"application/json; charset=utf-8": {"schema": {"type": "object"}}},
            }
        },
        "responses": {"Gone": {"description": "", "content": {"text/html": {}}}},
        "pathItems": {
            "Shelf": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/Limit"},
                    {
                        "name": "X-Trace",
                        "in": "header",
                        "content": {"application/json": {"schema": {"type": "array"}}},
                    },
                    {"name": "Accept", "in": "header", "schema": {}},
                ],
                "put": {
                    "parameters": [
                        {"name": "limit", "in": "query", "required": True, "schema": {"type": "number"}}
                    ],
                    "requestBody": {"$ref": "#/components/requestBodies/Box"},
                    "responses": {
                        "4XX": {"$ref": "#/components/responses/Gone"},
                        "default": {"description": ""},
                        "x-note": 1,
                    },
                },
            }
        },
    }

    put = only(
        {"/shelves/{id}": {"$ref": "#/components/pathItems/Shelf"}, "x-note": 1}, components=components
    )

    assert [(each.location, each.name, each.required) for each in put.parameters] == [
        ("header", "x-trace", False),
        ("path", "id", True),
        ("query", "limit", True),
    ]
    assert [each.schema["type"] for each in put.parameters] == ["array", "string", "number"]
    assert put.request.reader["type"] == "object"
    assert put.request_required
    assert put.responses == {"4XX": None, "default": None}
    assert put.key == "PUT /shelves/{}"


def test_of_several_media_types_the_json_one_is_read():
    """Plain JSON before other JSON; what is no JSON is not judged."""

    def media(*types: str) -> str | None:
        content = {name: {"schema": {"title": name}} for name in types}
        body = only({"/x": {"get": {"responses": {"200": {"content": content}}}}}).responses["200"]
        return body and body.reader["title"]

    assert media("application/a+json", "application/json", "text/html") == "application/json"
    assert media("text/html", "Application/Problem+JSON") == "Application/Problem+JSON"
    assert media("*/*") == "*/*"
    assert media("text/html") is None


@pytest.mark.parametrize(
    ("security", "demanded"),
    [
        ([], ANYBODY),
        ([{}], ANYBODY),
        ([{"Key": []}], {frozenset({"apiKey header x-key"})}),
        ([{"Key": []}, {"Bearer": []}], {frozenset({"apiKey header x-key"}), frozenset({"http bearer"})}),
        ([{"Key": [], "Bearer": []}], {frozenset({"apiKey header x-key", "http bearer"})}),
        ([{"OAuth": ["read", "write"]}], {frozenset({"oauth2 read", "oauth2 write"})}),
        ([{"OAuth": []}, {}], {frozenset({"oauth2"}), frozenset()}),
        ([{"Cookie": []}], {frozenset({"apiKey cookie Session"})}),
    ],
)
def test_security_is_told_in_words_of_the_wire(security, demanded):
    """How a scheme is called in the document means nothing; an operation's own replaces the document's."""
    schemes = {
        "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "Cookie": {"type": "apiKey", "in": "cookie", "name": "Session"},
        "Bearer": {"type": "http", "scheme": "Bearer"},
        "OAuth": {"type": "oauth2", "flows": {}},
    }
    paths = {"/x": {"get": {"responses": {}, "security": security}}}

    operation = only(paths, components={"securitySchemes": schemes}, security=[{"Bearer": []}])
    inherited = only({"/x": {"get": {}}}, components={"securitySchemes": schemes}, security=security)

    assert operation.security == inherited.security == demanded


DEEP = '{"a":' * 50_000 + "1" + "}" * 50_000
RING = {
    "components": {
        "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    }
}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "is not JSON"),
        ("openapi: 3.1.0", "A YAML file must be converted first"),
        ("NaN", "is no JSON value"),
        ("\x00", "is not JSON"),
        (DEEP, "nested too deeply|is no OpenAPI document"),
        ("[]", "the document is no JSON object"),
        ("{}", "'openapi' is None and not 3.0 or 3.1"),
        ('{"swagger": "2.0"}', "Swagger 2; convert it"),
        ('{"asyncapi": "3.0.0"}', "an AsyncAPI document"),
        ('{"channel": "x"}', "an event document"),
        (text(openapi="3.2.0"), "'openapi' is '3.2.0'"),
        (text(openapi=3.1), "'openapi' is 3.1"),
        ('{"openapi": "3.1.0"}', "info is no JSON object"),
        ('{"openapi": "3.1.0", "info": {"title": "x"}}', r"info\.version is no text"),
        (
            text(jsonSchemaDialect="http://json-schema.org/draft-07/schema#"),
            "of the dialect 'http://json-schema.org",
        ),
        (text(["/x"]), "paths is no JSON object"),
        (text({"/x": 1}), "/x is no JSON object"),
        (text({"/x": {"get": 1}}), "GET /x is no JSON object"),
        (text({"/x": {"get": {"parameters": {"name": "x"}}}}), "GET /x has .* where a list should be"),
        (text({"/x": {"get": {"parameters": [{"in": "query"}]}}}), "without a name or a place"),
        (text({"/x": {"get": {"parameters": [{"name": "x", "in": "body"}]}}}), "without a name or a place"),
        (
            text({"/x": {"get": {"responses": {"2000": {}}}}}),
            "GET /x answers with '2000', which is no status",
        ),
        (
            text({"/x": {"get": {"security": [{"Key": []}]}}}),
            "GET /x demands the security scheme 'Key', which is not described",
        ),
        (text({"/x": {"$ref": "#/paths/~1x"}}), "back to itself|go in a circle"),
        (text({"/x": {"$ref": "paths.yaml"}}), "nothing is fetched"),
        (text({"/x": {"$ref": 7}}), "7 stands where a reference should"),
        (answering(7), "7 stands where a schema should"),
        (answering({"type": "strin"}), "GET /x 200, (reader|writer) is not a JSON Schema 2020-12"),
        (answering({"items": [{}]}), "stands where a schema should"),
        (answering({"$ref": "#/components/schemas/A"}), "which it does not hold"),
        (answering({"properties": {"a": {"$ref": "#/components/schemas/A"}}}), "which it does not hold"),
        (answering({"$ref": "http://localhost:1/x.json"}), "nothing is fetched"),
        (answering({"properties": {"a": {"$ref": "http://localhost:1/x.json"}}}), "nothing is fetched"),
        (answering({"$ref": "#/components/schemas/A"}, **RING), "go in a circle"),
        (answering({"$id": "http://localhost:1/", "$ref": "x.json"}), "never fetched"),
        (
            text(
                {
                    "/x": {
                        "get": {
                            "responses": {"200": {"content": {"application/json": {"examples": {"a": {}}}}}}
                        }
                    }
                }
            ),
            "'value'",
        ),
    ],
)
def test_what_is_no_openapi_document_is_explained(document, message):
    """The error names the file and the reason, at once, and nothing is fetched."""
    with pytest.raises(DocumentError, match=message) as caught:
        loads(document, source="broken.json")

    assert "broken.json" in str(caught.value)


def test_references_that_go_round_inside_a_schema_end():
    """They say nothing of a value, and reading them comes to an end."""
    schema = {"properties": {"a": {"$ref": "#/components/schemas/A"}}}

    assert accepts(schema, {"a": 1}, **RING) == [True]
