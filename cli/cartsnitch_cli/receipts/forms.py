"""What can be asked for; apart from what makes it, so that help loads no fixtures."""

from enum import StrEnum


class Format(StrEnum):
    """In which form receipts are wanted."""

    MODEL = "model"
    RAW = "raw"
    EMAIL = "email"
    TEXT = "text"
    PNG = "png"


class Look(StrEnum):
    """How pictures are taken."""

    SCAN = "scan"
    PHOTO = "photo"
