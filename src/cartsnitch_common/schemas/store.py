"""Stores and their locations."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import OpenStoreSlug, StateCode, Text100, Text300, Url, ZipCode


class StoreCreate(RequestBody):
    """A retail chain."""

    name: Text100
    slug: StoreSlug
    logo_url: Url | None = None
    website_url: Url | None = None


class StoreRead(RowRead):
    """A retail chain, as stored."""

    name: str
    slug: OpenStoreSlug
    logo_url: str | None = None
    website_url: str | None = None


class StoreLocationCreate(RequestBody):
    """One shop of a chain; `lat` and `lng` are degrees (WGS 84)."""

    store_id: UUID
    address: Text300
    city: Text100
    state: StateCode
    zip: ZipCode
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lng: Annotated[float, Field(ge=-180, le=180)] | None = None


class StoreLocationRead(RowRead):
    """One shop of a chain, as stored."""

    store_id: UUID
    address: str
    city: str
    state: str
    zip: str
    lat: float | None = None
    lng: float | None = None
