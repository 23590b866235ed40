"""Two versions of what a service offers: whom they break, and who goes first."""

import copy
import json
from typing import Any

import pytest

from cartsnitch_contracts import DocumentError, Order, Verdict
from cartsnitch_contracts.diff.consumers import read
from cartsnitch_contracts.diff.report import Finding, Impact, Kind
from cartsnitch_contracts.diff.rest import compare_services
from cartsnitch_contracts.files import package_files
from cartsnitch_contracts.rest import RestDocument, loads
from cartsnitch_contracts.snapshot import Snapshot

REST = Snapshot("the package", package_files()).rest
WITNESS, ARTIST = REST["receiptwitness"], REST["clipartist"]
OK, BREAKS = Verdict.COMPATIBLE, Verdict.BREAKING


def edited(document: RestDocument, edit: Any) -> RestDocument:
    """A copy whose OpenAPI document was edited."""
    changed = copy.deepcopy(document.openapi)
    edit(changed)
    return loads(json.dumps(changed), source="edited")


def schemas(document: RestDocument, name: str, edit: Any) -> RestDocument:
    """A copy in which a class' schemas were edited, on the writer's side and on the reader's."""

    def each(openapi: dict[str, Any]) -> None:
        found = [
            value for _, value in _objects(openapi) if value.get("title") == name and "properties" in value
        ]
        assert found
        for value in found:
            edit(value)

    return edited(document, each)


def _objects(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _objects(inner, (*path, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from _objects(inner, (*path, key))


def parameter(document: RestDocument, path: str, name: str, change: dict[str, Any] | None) -> RestDocument:
    def edit(openapi: dict[str, Any]) -> None:
        listed = openapi["paths"][path]["get"]["parameters"]
        (found,) = [each for each in listed if each.get("name") == name]
        if change is None:
            listed.remove(found)
        else:
            found.update(change)

    return edited(document, edit)


@pytest.mark.parametrize("name", list(REST))
def test_a_service_agrees_with_itself(name):
    """No change, no finding."""
    assert compare_services(REST[name], REST[name]) == []


def test_a_parameter_that_is_demanded_stops_its_callers():
    """The call that proves it lacks the parameter."""
    new = parameter(WITNESS, "/purchases", "since", {"required": True})

    (finding,) = compare_services(WITNESS, new)

    assert (finding.kind, finding.rule, finding.place) == (
        Kind.REQUEST,
        "parameter-made-required",
        "query.since",
    )
    assert (finding.forward.verdict, finding.backward.verdict) == (OK, BREAKS)
    assert finding.order is Order.WRITERS_FIRST
    assert "since" not in finding.backward.witness["query"]
    assert {each.reason for each in finding.effects if each.impact is Impact.STOPS} == {"its calls lack it"}
    assert finding.steps == (
        "send since from StickerShock, ShrinkRay, ClipArtist, API always",
        "then demand it",
    )


def test_a_parameter_that_goes_is_ignored():
    """Nobody stops; older services demand nothing that newer callers leave out."""
    (finding,) = compare_services(WITNESS, parameter(WITNESS, "/purchases", "since", None))

    assert (finding.rule, finding.verdict, finding.order) == ("parameter-removed", OK, Order.ANY)


def test_a_field_that_a_strict_body_does_not_know_wants_the_service_first():
    """It breaks no caller of today, so that it is safe, and says who is deployed first."""
    new = schemas(
        ARTIST, "OptimizeRequest", lambda each: each["properties"].update(budget={"type": "string"})
    )

    (finding,) = compare_services(ARTIST, new)

    assert (finding.kind, finding.rule, finding.place) == (
        Kind.REQUEST,
        "optional-field-added",
        "body.budget",
    )
    assert (finding.forward.verdict, finding.backward.verdict) == (BREAKS, OK)
    assert (finding.verdict, finding.order) == (OK, Order.READERS_FIRST)
    assert finding.rollback_is_safe is False
    assert finding.forward.witness["body"]["budget"] == ""
    assert finding.steps == ("deploy ClipArtist", "then use budget in API")


def without(name: str) -> Any:
    def edit(target: dict[str, Any]) -> None:
        del target["properties"][name]
        target["required"] = [each for each in target["required"] if each != name]

    return edit


def calling(service: str, decoder: dict[str, Any]) -> dict[str, Any]:
    stated = {"service": service, "version": "2.0.0", "pins": "0.4.2"}
    return {**stated, "calls": {"receiptwitness": {"GET /purchases/{id}": decoder}}}


def test_a_field_less_in_a_response_stops_those_whose_decoder_demands_it():
    """By the shared class, read or not, or not stated; a model of its own lives on."""
    title = WITNESS.operation("GET /purchases/{id}").responses["200"].reader["title"]
    own = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    services = {
        name: read(calling(name, decoder), source=name)
        for name, decoder in {
            "api": {"reads": [{"field": "total", "at": "views.py:9"}]},
            "stickershock": {"reads": []},
            "shrinkray": {"decoder": "own", "schema": own, "reads": [{"field": "id"}]},
        }.items()
    }

    found = compare_services(WITNESS, schemas(WITNESS, title, without("total")), services=services)

    finding = next(each for each in found if each.subject == "ReceiptWitness GET /purchases/{id} -> 200")
    assert (finding.kind, finding.rule, finding.place) == (Kind.RESPONSE, "field-removed", "total")
    assert (finding.verdict, finding.order) == (BREAKS, Order.READERS_FIRST)
    assert {each.service: (each.impact, each.reason) for each in finding.effects} == {
        "api": (Impact.STOPS, "reads it at views.py:9"),
        "stickershock": (Impact.STOPS, "its decoder requires it, unread"),
        "shrinkray": (Impact.SAFE, "does not read it"),
        "clipartist": (Impact.STOPS, "its decoder requires it"),
    }


def test_a_witness_of_a_response_is_an_answer():
    """The service's schema allows it, the caller's refuses it."""
    title = WITNESS.operation("GET /purchases/{id}").responses["200"].reader["title"]

    for finding in compare_services(WITNESS, schemas(WITNESS, title, without("total"))):
        assert finding.forward.problem is not None
        assert finding.forward.problem.rule == "required"
        assert finding.steps


def test_an_operation_of_the_first_version_is_an_addition():
    """A service that had no document offers all of it anew; callers wait for its deployment."""
    found = compare_services(None, ARTIST)

    assert {finding.rule for finding in found} == {"operation-added"}
    assert {finding.verdict for finding in found} == {OK}
    assert {finding.order for finding in found} == {Order.WRITERS_FIRST}


def test_a_service_that_goes_stops_all_its_callers():
    """Each operation is a finding."""
    found = compare_services(ARTIST, None)

    assert {(finding.rule, finding.verdict) for finding in found} == {("operation-removed", BREAKS)}
    assert all(effect.impact is Impact.STOPS for finding in found for effect in finding.effects)


def test_an_operation_that_nobody_calls_may_go():
    """By what the services state of themselves."""
    services = {"api": read({"service": "api", "calls": {}}, source="api")}
    new = edited(ARTIST, lambda openapi: openapi["paths"].pop("/shopping-lists"))

    (finding,) = [
        each for each in compare_services(ARTIST, new, services=services) if _is(each, "/shopping-lists")
    ]

    assert finding.effects == ()


def _is(finding: Finding, path: str) -> bool:
    return path in finding.subject


def test_a_parameter_of_the_path_may_be_called_otherwise():
    """Its name is never on the wire."""

    def edit(openapi: dict[str, Any]) -> None:
        operations = openapi["paths"].pop("/purchases/{id}")
        (found,) = [each for each in operations["get"]["parameters"] if each.get("in") == "path"]
        found["name"] = "purchase_id"
        openapi["paths"]["/purchases/{purchase_id}"] = operations

    new = edited(WITNESS, edit)

    assert new.operation("GET /purchases/{purchase_id}").parameters
    assert compare_services(WITNESS, new) == []


def test_a_way_to_prove_oneself_that_goes_stops_those_who_use_it():
    """Although another way is left."""

    def either(openapi: dict[str, Any]) -> None:
        openapi["components"]["securitySchemes"]["token"] = {"type": "http", "scheme": "bearer"}
        for operations in openapi["paths"].values():
            for operation in operations.values():
                if isinstance(operation, dict) and "responses" in operation:
                    operation["security"] = [*openapi["security"], {"token": []}]

    found = compare_services(edited(ARTIST, either), ARTIST)

    assert {(finding.rule, finding.verdict) for finding in found} == {("security-added", BREAKS)}
    assert found[0].steps == ("send the credentials from API", "then demand them")


def test_credentials_that_nobody_asks_for_any_more_are_sent_until_the_service_is_there():
    """The steps name the credentials, and who sends them."""

    def nobody(openapi: dict[str, Any]) -> None:
        del openapi["security"]

    found = compare_services(ARTIST, edited(ARTIST, nobody))

    assert {(finding.rule, finding.verdict) for finding in found} == {("security-removed", OK)}
    assert found[0].steps == ("deploy ClipArtist", "then stop sending the credentials from API")


def test_the_steps_of_another_success_go_the_way_that_the_order_says():
    """Callers learn the new status, the service changes, callers forget the old one."""

    def other(openapi: dict[str, Any]) -> None:
        responses = openapi["paths"]["/optimize"]["post"]["responses"]
        responses["201"] = responses.pop("200")

    found = compare_services(ARTIST, edited(ARTIST, other))

    assert {finding.rule: (finding.order, finding.steps) for finding in found} == {
        "status-added": (Order.READERS_FIRST, ("handle status 201 in API", "then answer with it")),
        "status-removed": (
            Order.WRITERS_FIRST,
            ("answer otherwise from ClipArtist", "then drop status 200 in API"),
        ),
    }


def test_a_new_operation_is_called_by_whoever_will():
    """Nobody states yet that it calls it."""
    services = {"api": read({"service": "api", "calls": {}}, source="api")}

    found = compare_services(None, ARTIST, services=services)

    assert all(each.steps[1].endswith(" from whoever calls it") for each in found)


def test_documents_of_two_services_are_not_compared():
    """The error names both."""
    with pytest.raises(DocumentError, match="receiptwitness and of clipartist"):
        compare_services(WITNESS, ARTIST)
