"""Clients of another service's prices, each reading the answer in its way."""

import json
import re
from urllib.request import Request, urlopen

from pydantic import BaseModel, TypeAdapter

from cartsnitch_common.schemas.fields import Money
from cartsnitch_common.schemas.rest import PricePage, ProblemDetails


class Price(BaseModel):
    """Just what this client needs."""

    regular_price: Money


class Prices(BaseModel):
    """A model of its own."""

    items: list[Price]


class More(BaseModel):
    """Another one, of the same answers."""

    has_more: bool


class Parser:
    """Named like Pydantic's, and something else."""

    def validate_json(self, raw):
        return json.loads(raw)["has_more"]


def by_json(client):
    return client.get("/prices").json()["has_more"]


def by_the_shared_class(client):
    page = PricePage.model_validate(client.get("/prices").json())
    return [item.source for item in page.items]


def by_the_shared_class_from_bytes(client):
    response = client.get("/prices")
    return PricePage.model_validate_json(response.content).has_more


def by_the_shared_class_from_text(client):
    return PricePage.model_validate_json(client.get("/prices").text).has_more


def by_an_adapter_from_bytes(client):
    response = client.get("/prices")
    return TypeAdapter(PricePage).validate_json(response.content).has_more


def by_a_model_of_its_own(client):
    return Prices.model_validate(client.get("/prices").json()).items[0].regular_price


def by_another_model_of_its_own(client):
    return More.model_validate(client.get("/prices").json()).has_more


def by_a_model_of_its_own_from_bytes(client):
    response = client.get("/prices")
    return Prices.model_validate_json(response.content).items[0].regular_price


def by_a_model_of_its_own_and_more(client):
    body = client.get("/prices").json()
    return Prices.model_validate(body), body["has_more"]


def by_bytes_that_have_a_name(client):
    raw = client.get("/prices").content
    return PricePage.model_validate_json(raw).has_more


def by_json_of_the_text(client):
    return json.loads(client.get("/prices").text)["has_more"]


def by_a_search_in_the_text(client):
    return re.search("has_more", client.get("/prices").text) is not None


def by_something_named_like_a_model(client):
    response = client.get("/prices")
    return Parser().validate_json(response.content)


def by_lines(client):
    with client.stream("GET", "/prices") as response:
        return list(response.iter_lines())


def by_bytes_read(client):
    with client.stream("GET", "/prices") as response:
        return response.read()


def by_the_status_alone(client):
    return client.get("/prices").status_code


def by_the_problem(client):
    response = client.get("/prices?limit=0")
    return ProblemDetails.model_validate(response.json()).title


def by_urllib(url, headers):
    with urlopen(Request(f"{url}/prices", headers=headers)) as response:  # noqa: S310 - the test's own server
        return json.loads(response.read())["has_more"]


async def by_an_asynchronous_client(client):
    response = await client.get("/prices")
    return response.json()["has_more"]
