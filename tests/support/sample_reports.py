"""Reports built by hand: a break, an addition, a column, what is unproven, and texts that mean harm."""

import json
from datetime import date

from cartsnitch_contracts.diff.report import (
    Bump,
    Comparison,
    Effect,
    Finding,
    Impact,
    Kind,
    Mismatch,
    Report,
    Source,
    VersionAdvice,
    Waiver,
)
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import Problem

MINIMAL = {"event_type": "cartsnitch.receipts.ingested", "payload": {"receipt_id": "1", "total": "41.17"}}
RENAMED_EVENT = {**MINIMAL, "payload": {"receipt_id": "1", "grand_total": "41.17"}}

RENAMED = Finding(
    kind=Kind.EVENT,
    subject="receipts.ingested",
    rule="field-removed",
    place="payload.total",
    new_place="payload.grand_total",
    summary="",
    forward=Comparison(
        Verdict.BREAKING,
        witness=RENAMED_EVENT,
        problem=Problem(("payload", "total"), "required", "is missing"),
    ),
    backward=Comparison(
        Verdict.BREAKING,
        witness=MINIMAL,
        problem=Problem(("payload", "grand_total"), "required", "is missing"),
    ),
    effects=(
        Effect("stickershock", "1.7.0", "0.4.2", Impact.STOPS, "reads it at handlers.py:58"),
        Effect("clipartist", "0.9.3", "0.4.1", Impact.STOPS, "its decoder requires it, unread"),
        Effect("shrinkray", "2.0.0", "0.4.2", Impact.SAFE, "not subscribed"),
        Effect("api", None, None, Impact.SAFE, "not subscribed"),
    ),
    steps=("send both", "move StickerShock, upgrade ClipArtist", "drop total"),
    examples={"forward": {"minimal": MINIMAL}, "backward": {"minimal": RENAMED_EVENT}},
    source=Source("src/cartsnitch_common/schemas/events.py", 41),
)
"""A field under another name: the first example of how reports should read."""

ADDED = Finding(
    kind=Kind.EVENT,
    subject="prices.updated",
    rule="optional-field-added",
    place="payload.prices[].unit_price",
    summary="added, optional",
    effects=(
        Effect("stickershock", "1.7.0", "0.4.2", Impact.SAFE, "ignores it"),
        Effect("clipartist", "0.9.3", "0.4.1", Impact.SAFE, "ignores it"),
    ),
    source=Source("src/cartsnitch_common/schemas/events.py", 67),
)
"""An optional field more."""

COLUMN = Finding(
    kind=Kind.DATABASE,
    subject="purchases",
    rule="column-required",
    place="currency",
    summary="added VARCHAR(3) NOT NULL, no default",
    backward=Comparison(
        Verdict.BREAKING,
        witness={
            "sql": "INSERT INTO purchases (id, user_id) VALUES ('1', '2')",
            "sqlstate": "23502",
            "message": 'null value in column "currency" violates not-null constraint',
            "before": ["INSERT INTO users (id) VALUES ('2')"],
        },
    ),
    effects=(
        Effect("receiptwitness", "2.1.0", "0.4.2", Impact.STOPS, "it owns the table and writes it"),
        Effect("api", "1.0.0", "0.4.0", Impact.SAFE, "never writes it"),
    ),
    steps=(
        "add with server_default 'USD'",
        "release ReceiptWitness, writing it",
        "drop the default once nothing below 0.5.0 is live",
    ),
    source=Source("alembic/cartsnitch_migrations/versions/0009_currency.py", 22),
    notes=("the migration itself fails if purchases has rows",),
)
"""A column that old INSERTs leave out."""

UNPROVEN = Finding(
    kind=Kind.REQUEST,
    subject="ReceiptWitness POST /sync/{store_slug}",
    rule="pattern-changed",
    place="user_id",
    summary="another pattern",
    backward=Comparison(
        Verdict.UNPROVEN, reason="the pattern looks behind", findings=(), witness=None, schema_only=False
    ),
    effects=(Effect("api", "1.0.0", "0.4.0", Impact.MAY_STOP, "it calls this"),),
    steps=("take both patterns", "move API"),
)
"""What could not be decided."""

TOO_SMALL = VersionAdvice(base="0.4.2", declared="0.4.3", bump=Bump.MINOR, smallest="0.5.0")
RIGHT = VersionAdvice(base="0.4.2", declared="0.4.3", bump=Bump.PATCH, smallest="0.4.3")

BREAK = Report("v0.4.2 (merge base 3f1c9ad)", "working tree", [RENAMED], version=TOO_SMALL)
ADDITION = Report("v0.4.2 (merge base 3f1c9ad)", "working tree", [ADDED], version=RIGHT)
NOTHING = Report("old.json", "new.json", [])
FULL = Report(
    "v0.4.2 (merge base 3f1c9ad)",
    "working tree",
    [RENAMED, COLUMN, UNPROVEN, ADDED],
    waived=[
        (
            Finding(Kind.OPERATION, "ShrinkRay GET /alerts", "operation-removed", "", "removed"),
            Waiver("0123456789ab", "nobody calls it", date(2027, 1, 31)),
        )
    ],
    stale=[
        Waiver("feedfacecafe", "was needed for 0.3", date(2026, 1, 1)),
        Waiver(RENAMED.fingerprint, "for a while", date(2026, 2, 1)),
    ],
    version=TOO_SMALL,
    notes=["documents/consumers/clipartist.json is missing: it counts as reading everything"],
)
"""One of each."""

EVIL = (
    "\x1b[31mred\x07 <script>alert(1)</script> ]]> `code` | [x](y.html) *em* @all https://x.example "
    "\u202egnp.exe\r\n::error::x, 5% & \ufffe 'q' \"d\""
)
HOSTILE = Report(
    EVIL,
    EVIL,
    [
        Finding(
            kind=Kind.EVENT,
            subject=EVIL,
            rule=EVIL,
            place=EVIL,
            summary=EVIL,
            new_place=EVIL,
            forward=Comparison(
                Verdict.BREAKING,
                findings=(Mismatch(EVIL, EVIL, EVIL, Verdict.BREAKING, EVIL, EVIL),),
                witness={EVIL: EVIL, "big": "x" * 1_000_000, "\ud800": ["\ud800", None, 1e400]},
                problem=Problem((EVIL,), EVIL, EVIL),
            ),
            backward=Comparison(
                Verdict.BREAKING,
                witness=json.loads("[" * 400 + "]" * 400),
                problem=Problem((), "type", "\x00" * 10_000),
            ),
            effects=(Effect(EVIL, EVIL, EVIL, Impact.STOPS, EVIL),),
            steps=(EVIL, "`" * 50),
            examples={"forward": {EVIL: {EVIL: 1}}},
            source=Source(EVIL, 1),
            notes=(EVIL,),
        )
    ],
    stale=[Waiver(EVIL, EVIL, date(2026, 1, 1))],
    notes=[EVIL],
)
"""Texts that want to be taken for something else, a witness of a megabyte, and a deep one."""
