"""Receipts as bytes, in each form: for one stream of all, or for a file each."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.generator import BytesGenerator
from io import BytesIO
from time import asctime
from typing import Any, Final

from cartsnitch_cli.receipts.forms import Format, Look
from cartsnitch_fixtures.receipts import PHOTO, SCAN, Receipt
from cartsnitch_fixtures.receipts.record import as_record

CUT: Final = f"\n{'- ' * 19}-\n\n"
"""Where the paper is cut between two printed receipts."""
SUFFIXES: Final[Mapping[Format, str]] = {
    Format.MODEL: ".model.json",
    Format.RAW: ".json",
    Format.EMAIL: ".eml",
    Format.TEXT: ".txt",
    Format.PNG: ".png",
}
"""All forms of one receipt can lie in one folder."""


def stream(receipts: Iterable[Receipt], layout: Format) -> Iterator[bytes]:
    """Parts of one stream: JSON lines, an mbox, or prints with a cut between.

    Raises:
        KeyError: pictures make no stream.
    """
    write = _STREAMS[layout]
    for number, receipt in enumerate(receipts):
        cut = CUT.encode() if number and layout is Format.TEXT else b""
        yield cut + write(receipt)


def files(receipts: Iterable[Receipt], layout: Format, look: Look) -> Iterator[tuple[str, bytes]]:
    """Each receipt's file name, which is its id, and content."""
    for receipt in receipts:
        if layout is Format.PNG:
            content = receipt.picture(look=PHOTO if look is Look.PHOTO else SCAN)
        else:
            content = _FILES[layout](receipt)
        yield f"{receipt.receipt_id}{SUFFIXES[layout]}", content


def _line(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _indented(content: Any) -> bytes:
    return json.dumps(content, indent=2).encode() + b"\n"


def _text(receipt: Receipt) -> bytes:
    return receipt.text().encode()


def _eml(receipt: Receipt) -> bytes:
    return receipt.email_message().as_bytes()


def _mbox(receipt: Receipt) -> bytes:
    message, written = receipt.email_message(), BytesIO()
    sender = message["From"].addresses[0].addr_spec
    message.set_unixfrom(f"From {sender} {asctime(receipt.bought_at.timetuple())}")
    BytesGenerator(written, mangle_from_=True).flatten(message, unixfrom=True)
    return written.getvalue() + b"\n"


_STREAMS: Final[Mapping[Format, Callable[[Receipt], bytes]]] = {
    Format.MODEL: lambda receipt: _line(as_record(receipt)),
    Format.RAW: lambda receipt: _line(receipt.raw()),
    Format.EMAIL: _mbox,
    Format.TEXT: _text,
}
_FILES: Final[Mapping[Format, Callable[[Receipt], bytes]]] = {
    Format.MODEL: lambda receipt: _indented(as_record(receipt)),
    Format.RAW: lambda receipt: _indented(receipt.raw()),
    Format.EMAIL: _eml,
    Format.TEXT: _text,
}
