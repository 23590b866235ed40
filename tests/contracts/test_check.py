"""Each situation of a change, end to end on a scratch git repository: whom it breaks, and what to do."""

import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cartsnitch_contracts import Finding, Order, Report, Verdict, rename_field
from cartsnitch_contracts.diff.base import find_base, working_tree
from cartsnitch_contracts.diff.check import check
from cartsnitch_contracts.diff.exchange import worst
from cartsnitch_contracts.diff.report import SAFE, Bump, Comparison, Impact, Kind, Waiver
from cartsnitch_contracts.diff.version import smallest
from cartsnitch_contracts.inclusion import decide
from scratch import Scratch

REPOSITORY = Path(__file__).parents[2]
TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose documents were released as 0.4.2, and which every service pins."""
    scratch = Scratch(tmp_path_factory.mktemp("released") / "checkout")
    for service in ("receiptwitness", "stickershock", "shrinkray", "clipartist", "api"):
        scratch.consumer(service, lambda each: each.update(pins="0.4.2", recorded="0.4.2"))
    scratch.release("0.4.2")
    return scratch.root


@pytest.fixture
def checkout(released: Path, tmp_path: Path) -> Scratch:
    """A branch of it of this test's own."""
    shutil.copytree(released, tmp_path / "checkout")
    scratch = Scratch.__new__(Scratch)
    scratch.root = tmp_path / "checkout"
    scratch.documents = scratch.root / "contracts/cartsnitch_contracts/documents"
    scratch.branch()
    return scratch


def run(checkout: Scratch, **options: Any) -> Report:
    checkout.commit("the change")
    return check(find_base(checkout.root, "main"), working_tree(checkout.root), today=TODAY, **options)


def impacts(finding: Finding) -> dict[str, Impact]:
    return {effect.service: effect.impact for effect in finding.effects}


def reasons(finding: Finding) -> dict[str, str]:
    return {effect.service: effect.reason for effect in finding.effects}


def renamed(place: str, name: str) -> Callable[[Any], Any]:
    return lambda document: rename_field(document, place, name)


def add(name: str, schema: dict[str, Any], *, required: bool = False) -> Callable[[dict[str, Any]], None]:
    def edit(target: dict[str, Any]) -> None:
        target["properties"][name] = schema
        if required:
            target["required"] = sorted([*target["required"], name])

    return edit


def test_nothing_changed(checkout):
    """The report is clean, and the version may stay."""
    report = run(checkout)

    assert report.clean
    assert list(report.findings) == []
    assert report.version is not None
    assert (report.version.bump, report.version.smallest) == (Bump.NONE, "0.4.2")


def test_a_renamed_field_stops_those_who_read_it_and_those_who_do_not(checkout):
    """The shared class demands it either way; the report tells them apart, by name and version."""
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    checkout.consumer(
        "api", lambda each: each["consumes"]["receipts.ingested"]["reads"][4].update(at="views.py:58")
    )

    (finding,) = run(checkout).findings

    assert (finding.kind, finding.subject, finding.rule) == (Kind.EVENT, "receipts.ingested", "field-removed")
    assert (finding.place, finding.new_place) == ("payload.total", "payload.grand_total")
    assert finding.effects[0].version == "0.1.0"
    assert finding.effects[0].pins == "0.4.2"
    assert reasons(finding) == {
        "stickershock": "its decoder requires it, unread",
        "shrinkray": "its decoder requires it, unread",
        "api": "reads it at views.py:58",
        "clipartist": "not subscribed",
    }
    assert finding.order is Order.TOGETHER
    assert not finding.rollback_is_safe
    assert finding.steps == (
        "send both total and grand_total",
        "move StickerShock, ShrinkRay, API to grand_total",
        "drop total",
    )
    assert finding.forward.witness is not None
    assert "total" not in finding.forward.witness["payload"]


def test_a_proof_is_like_the_smallest_example_that_still_has_the_old_name(checkout):
    """The examples follow later: nothing but the field differs, whatever else a witness might hold."""

    def rename(payload: dict[str, Any]) -> None:
        payload["properties"]["grand_total"] = payload["properties"].pop("total")
        payload["required"] = ["grand_total" if name == "total" else name for name in payload["required"]]

    checkout.payload("receipts.ingested", rename)

    (finding,) = run(checkout).findings

    minimal = finding.examples["forward"]["minimal"]
    witness = finding.forward.witness
    assert {**witness, "payload": None} == {**minimal, "payload": None}
    assert witness["payload"].items() - minimal["payload"].items() == {("grand_total", "0.00")}
    assert minimal["payload"].keys() - witness["payload"].keys() == {"total"}


def test_a_model_of_its_own_lets_a_service_live_on(checkout):
    """ClipArtist decodes prices with just the fields that it needs; StickerShock with the shared class."""

    def without_source(target: dict[str, Any]) -> None:
        del target["$defs"]["PriceUpdate"]["properties"]["source"]
        target["$defs"]["PriceUpdate"]["required"].remove("source")

    def edit(document: dict[str, Any]) -> None:
        for side in ("writer", "reader"):
            without_source(document[side])

    checkout.json("events/prices.updated/next.json", edit)

    (finding,) = run(checkout).findings

    assert finding.verdict is Verdict.BREAKING
    assert impacts(finding)["stickershock"] is Impact.STOPS
    assert impacts(finding)["clipartist"] is Impact.SAFE
    assert reasons(finding)["clipartist"] == "does not read it"


def test_where_all_have_models_of_their_own_nobody_stops(checkout):
    """Then the change breaks nobody; the version still tells whoever uses the shared class."""
    own = {"type": "object", "properties": {"payload": {"type": "object"}}, "required": ["payload"]}
    for service in ("stickershock", "shrinkray", "api"):
        checkout.consumer(
            service,
            lambda each: each["consumes"].update(
                {"receipts.ingested": {"decoder": "own", "schema": own, "reads": []}}
            ),
        )
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    checkout.version = "0.4.3"

    report = run(checkout)

    assert [finding.verdict for finding in report.findings] == [Verdict.COMPATIBLE]
    assert set(impacts(report.findings[0]).values()) == {Impact.SAFE}
    assert report.version is not None
    assert (report.version.bump, report.version.smallest) == (Bump.MINOR, "0.5.0")


def test_a_missing_statement_counts_as_reading_everything(checkout):
    """With the shared class; and the report says so."""
    (checkout.documents / "consumers" / "shrinkray.json").unlink()
    checkout.event("receipts.ingested", renamed("payload.item_count", "lines"))

    report = run(checkout)

    assert reasons(report.findings[0])["shrinkray"] == "its decoder requires it"
    assert report.notes == [
        "documents/consumers/shrinkray.json is missing: shrinkray counts as reading everything"
    ]


def test_a_stale_statement_counts_as_reading_everything(checkout):
    """Its fields were recorded with another version than the one that it pins."""
    checkout.consumer("shrinkray", lambda each: each.update(recorded="0.3.0"))
    checkout.event("receipts.ingested", renamed("payload.item_count", "lines"))

    report = run(checkout)

    assert reasons(report.findings[0])["shrinkray"] == "its decoder requires it"
    assert "with common 0.3.0 and pins 0.4.2" in report.notes[0]


def test_a_service_is_judged_with_the_version_that_it_pins(checkout):
    """What 0.4.2 demanded still stops a service that pins it, after a later release demanded less."""
    checkout.json(
        "events/receipts.ingested/next.json",
        lambda document: document["reader"]["$defs"]["ReceiptsIngested"]["required"].remove("item_count"),
    )
    checkout.version = "0.5.0"
    freeze_by_hand(checkout, "0.5.0")
    checkout.git("branch", "--force", "main", "HEAD")
    checkout.consumer("api", lambda each: each.update(pins="0.5.0", recorded="0.5.0"))

    def drop(target: dict[str, Any]) -> None:
        del target["properties"]["item_count"]
        target["required"] = [name for name in target["required"] if name != "item_count"]

    checkout.payload("receipts.ingested", drop)

    (finding,) = run(checkout).findings

    assert impacts(finding)["stickershock"] is Impact.STOPS
    assert impacts(finding)["api"] is Impact.SAFE
    assert "finds it absent from now on" in reasons(finding)["api"]


def freeze_by_hand(checkout: Scratch, version: str) -> None:
    """A release of documents that the schemas of this checkout do not say."""
    path = f"events/receipts.ingested/{version}.json"
    text = (checkout.documents / "events/receipts.ingested/next.json").read_bytes()
    text = text.replace(b'"version": "next"', f'"version": "{version}"'.encode(), 1)
    (checkout.documents / path).write_bytes(text)

    def edit(manifest: dict[str, Any]) -> None:
        manifest["releases"][version] = {"files": {path: hashlib.sha256(text).hexdigest()}, "removed": []}

    checkout.json("manifest.json", edit)
    checkout.commit(f"release {version}")


def everywhere(value: Any, found: list[Any], what: list[str]) -> None:
    if isinstance(value, dict):
        if value.get("enum") == what:
            found.append(value)
        for each in value.values():
            everywhere(each, found, what)
    elif isinstance(value, list):
        for each in value:
            everywhere(each, found, what)


def stores(checkout: Scratch, new: list[str]) -> None:
    """Give StoreSlug other values in every document."""
    old = ["kroger", "meijer", "target"]
    for kind in ("events", "rest"):
        for file in sorted((checkout.documents / kind).glob("*/next.json")):

            def edit(document: Any) -> None:
                found: list[Any] = []
                everywhere(document, found, old)
                for each in found:
                    each["enum"] = new

            checkout.json(f"{kind}/{file.parent.name}/next.json", edit)

    def constrain(document: Any) -> None:
        document["tables"]["stores"]["checks"]["ck_stores_slug"]["values"] = new

    checkout.json("database/next.json", constrain)


def test_a_new_store_breaks_nobody(checkout):
    """Readers keep it as text; requests wait for the service, and rows for the migration."""
    stores(checkout, ["aldi", "kroger", "meijer", "target"])
    checkout.version = "0.4.3"

    report = run(checkout)

    assert report.clean
    assert {finding.rule for finding in report.findings} == {"values-added", "check-widened"}
    orders = {(finding.kind, finding.order) for finding in report.findings}
    assert orders == {
        (Kind.EVENT, Order.ANY),
        (Kind.RESPONSE, Order.ANY),
        (Kind.REQUEST, Order.READERS_FIRST),
        (Kind.DATABASE, Order.READERS_FIRST),
    }
    assert report.version is not None
    assert report.version.smallest == "0.4.3"


def test_a_store_less_breaks_those_who_ask_for_it(checkout):
    """Readers of events still take it; a strict reader of requests and the migrated table refuse it."""
    stores(checkout, ["kroger", "meijer"])

    report = run(checkout)

    breaks = [finding for finding in report.findings if finding.verdict is Verdict.BREAKING]
    assert {(finding.kind, finding.rule) for finding in breaks} == {
        (Kind.REQUEST, "values-removed"),
        (Kind.DATABASE, "check-tightened"),
    }
    sync = next(finding for finding in breaks if finding.subject == "ReceiptWitness POST /sync/{store_slug}")
    assert (sync.place, sync.order) == ("path.store_slug", Order.WRITERS_FIRST)
    assert impacts(sync) == {"api": Impact.STOPS}
    assert sync.backward.witness["path"] == {"store_slug": "target"}


def test_a_column_that_must_not_be_null_stops_its_owner(checkout):
    """INSERTs of today leave it out; those who only read the table run on."""

    def edit(document: dict[str, Any]) -> None:
        column = {
            "type": "character varying(3)",
            "nullable": False,
            "insert": "always",
            "update": "when changed",
        }
        document["tables"]["purchases"]["columns"]["currency"] = column

    checkout.json("database/next.json", edit)

    (finding,) = run(checkout).findings

    assert (finding.kind, finding.subject, finding.place) == (Kind.DATABASE, "purchases", "currency")
    assert finding.verdict is Verdict.BREAKING
    assert finding.backward.witness["sqlstate"] == "23502"
    assert impacts(finding)["receiptwitness"] is Impact.STOPS
    assert impacts(finding)["api"] is Impact.SAFE
    assert finding.effects[0].version == "0.1.0"
    assert finding.steps


def test_a_service_that_writes_what_it_does_not_own_is_told_once(checkout):
    """From its own statement alone; the package's version does not go by that, and later changes neither."""

    def write_coupons(document: dict[str, Any]) -> None:
        document["tables"]["writes"].append("coupons")

    checkout.consumer("shrinkray", write_coupons)
    checkout.version = "0.4.2"
    report = run(checkout)
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "change")
    checkout.branch("later")
    checkout.json("database/next.json", lambda each: each["tables"]["coupons"]["indexes"].clear())
    later = run(checkout)

    (finding,) = report.findings
    assert (finding.rule, finding.verdict) == ("table-written-by-another", Verdict.UNPROVEN)
    assert finding.summary == "written by ShrinkRay, owned by ClipArtist"
    assert report.version is not None
    assert report.version.enough
    assert {each.rule for each in later.findings} == {"index-removed"}


def test_an_operation_that_goes_stops_its_callers(checkout):
    """And only them."""
    checkout.json("rest/receiptwitness/next.json", lambda each: each["paths"].pop("/purchases/{id}"))

    (finding,) = run(checkout).findings

    assert (finding.kind, finding.rule) == (Kind.OPERATION, "operation-removed")
    assert finding.subject == "ReceiptWitness GET /purchases/{id}"
    assert set(impacts(finding).values()) == {Impact.STOPS}
    assert finding.steps


def test_a_document_that_the_change_adds_is_no_base(checkout):
    """A frozen file beside the changed draft does not make it look agreed."""
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    freeze_by_hand(checkout, "0.5.0")

    report = run(checkout)

    assert [finding.verdict for finding in report.findings] == [Verdict.BREAKING]
    assert report.version is not None
    assert report.version.base == "0.4.2"


@pytest.mark.parametrize(
    ("declared", "enough"), [("0.4.2", False), ("0.4.3", False), ("0.5.0", True), ("0.5.1", True)]
)
def test_a_break_needs_a_minor_version(checkout, declared, enough):
    """In 0.x; what the project declares is looked at."""
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    checkout.version = declared

    version = run(checkout).version

    assert version is not None
    assert (version.bump, version.smallest, version.enough) == (Bump.MINOR, "0.5.0", enough)


def test_an_addition_needs_a_patch_version(checkout):
    """In 0.x; without it the check fails, although nothing breaks."""
    checkout.payload("receipts.ingested", add("currency", {"type": "string"}))

    report = run(checkout)

    assert report.count(Verdict.BREAKING) == 0
    assert report.version is not None
    assert (report.version.smallest, report.clean) == ("0.4.3", False)


def test_a_version_that_an_earlier_change_raised_counts(checkout):
    """The smallest version is that after the newest release, not after what main declares."""
    checkout.version = "0.4.3"
    checkout.commit("an earlier change raised it")
    checkout.git("branch", "--force", "main", "HEAD")
    checkout.payload("receipts.ingested", add("currency", {"type": "string"}))

    report = run(checkout)

    assert report.version is not None
    assert (report.version.base, report.version.smallest, report.clean) == ("0.4.2", "0.4.3", True)


def test_a_release_asks_for_its_smallest_version(checkout):
    """By what changed since the newest one."""
    base = find_base(checkout.root, "0.4.2")

    assert smallest(base, working_tree(checkout.root)) == "0.4.2"
    checkout.payload("receipts.ingested", add("currency", {"type": "string"}))
    assert smallest(base, working_tree(checkout.root)) == "0.4.3"
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    assert smallest(base, working_tree(checkout.root)) == "0.5.0"


def test_a_waiver_lets_a_finding_pass_until_its_day(checkout):
    """With its reason in the report; past its day, or without its finding, it fails the check."""
    checkout.event("receipts.ingested", renamed("payload.total", "grand_total"))
    checkout.version = "0.5.0"
    (finding,) = run(checkout).findings
    running = Waiver(finding.fingerprint, "all services are deployed together on Sunday", TODAY)
    past = dataclasses.replace(running, expires=date(2026, 3, 9))
    stray = dataclasses.replace(running, fingerprint="0" * 12)

    passed = run(checkout, waivers=[running])
    assert passed.clean
    assert [waiver for _, waiver in passed.waived] == [running]
    late = run(checkout, waivers=[past])
    assert (late.stale, late.count(Verdict.BREAKING), late.clean) == ([past], 1, False)
    assert run(checkout, waivers=[running, stray]).stale == [stray]


def test_a_service_that_demands_more_than_is_sent_is_told(checkout):
    """Its own model changed, the documents did not."""

    def demand(each: dict[str, Any]) -> None:
        decoder = each["consumes"]["prices.updated"]
        payload = decoder["schema"]["$defs"]["Shelf"]
        payload["properties"]["unit_price"] = {"type": "string"}
        payload["required"].append("unit_price")

    checkout.consumer("clipartist", demand)

    (finding,) = run(checkout).findings

    assert finding.subject == "prices.updated as ClipArtist reads it"
    assert (finding.rule, finding.place) == ("required-field-added", "payload.prices[].unit_price")
    assert impacts(finding) == {"clipartist": Impact.STOPS}


def test_a_service_that_demands_what_is_only_sent_from_now_on_waits(checkout):
    """The writers of today do not send it yet."""

    def demand(each: dict[str, Any]) -> None:
        payload = each["consumes"]["prices.updated"]["schema"]["$defs"]["Shelf"]
        payload["properties"]["unit_price"] = {"type": "string"}
        payload["required"].append("unit_price")

    def send(document: dict[str, Any]) -> None:
        for side in ("writer", "reader"):
            document[side]["$defs"]["PriceUpdate"]["properties"]["unit_price"] = {"type": "string"}
        document["writer"]["$defs"]["PriceUpdate"]["required"].append("unit_price")

    checkout.consumer("clipartist", demand)
    checkout.json("events/prices.updated/next.json", send)

    (finding, *_) = run(checkout).findings

    assert finding.subject == "prices.updated as ClipArtist reads it"
    assert (finding.verdict, finding.order) == (Verdict.BREAKING, Order.WRITERS_FIRST)


def test_every_order_is_named(checkout):
    """Four changes of one document, judged in both directions."""
    text = {"type": "string"}

    def edit(target: dict[str, Any]) -> None:
        add("a_note", text)(target)
        add("a_currency", text, required=True)(target)
        del target["properties"]["item_count"]
        target["required"].remove("item_count")
        target["properties"]["receipt_id"] = {"type": "integer"}

    checkout.payload("receipts.ingested", edit)

    orders = {finding.place: finding.order for finding in run(checkout).findings}

    assert orders == {
        "payload.a_note": Order.ANY,
        "payload.a_currency": Order.WRITERS_FIRST,
        "payload.item_count": Order.READERS_FIRST,
        "payload.receipt_id": Order.TOGETHER,
    }


def test_what_each_direction_says_is_what_the_engine_says_of_the_whole(checkout):
    """No finding is safe where the whole breaks, and the whole does not break where all are safe."""
    checkout.event("prices.updated", renamed("payload.prices[].source", "origin"))
    base, head = find_base(checkout.root, "main"), working_tree(checkout.root)

    report = check(base, head, today=TODAY)

    old, new = base.events["prices.updated"], head.events["prices.updated"]
    for name, writer, reader in (("forward", new.writer, old.reader), ("backward", old.writer, new.reader)):
        verdicts = {getattr(finding, name).verdict for finding in report.findings}
        assert (Verdict.BREAKING in verdicts) == (decide(writer, reader).verdict is Verdict.BREAKING)


def test_where_nothing_changed_no_model_is_loaded(checkout):
    """Neither Pydantic nor SQLAlchemy: the check is done before they would be."""
    program = (
        "import sys; from pathlib import Path;"
        "from cartsnitch_contracts.diff.base import find_base, working_tree;"
        "from cartsnitch_contracts.diff.check import check; root = Path.cwd();"
        "check(find_base(root, 'main'), working_tree(root), root=root);"
        "print(*{'pydantic', 'sqlalchemy', 'redis'} & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=checkout.root, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []


def test_a_break_of_the_schema_only_does_not_hide_one_that_is_real():
    """Among what several services meet."""
    harmless = Comparison(Verdict.BREAKING, witness="5", schema_only=True)
    real = Comparison(Verdict.BREAKING, witness="x")

    assert worst([harmless, real]) is real
    assert worst([SAFE, harmless]) is harmless
    assert worst([real, Comparison(Verdict.UNPROVEN)]) is real
    assert worst([]) is SAFE


def test_a_real_edit_of_a_schema_is_found_on_its_line(checkout):
    """The class is changed, the documents are exported from it, and the finding names the line."""
    for source in ("src", "contracts", "alembic"):
        shutil.copytree(
            REPOSITORY / source,
            checkout.root / source,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("documents", "__pycache__"),
        )
    file = checkout.root / "src/cartsnitch_common/schemas/events.py"
    text = file.read_text().replace("    total: Money\n", "    total: Money\n    currency: Text200\n", 1)
    file.write_text(text)
    export = "import pathlib; from cartsnitch_contracts import drafts; drafts.write(pathlib.Path('.'))"
    path = os.pathsep.join(str(checkout.root / source) for source in ("src", "contracts"))
    subprocess.run(
        [sys.executable, "-c", export],
        check=True,
        cwd=checkout.documents,
        env={**os.environ, "PYTHONPATH": path},
    )

    (finding,) = run(checkout, root=checkout.root).findings

    assert (finding.rule, finding.place) == ("required-field-added", "payload.currency")
    assert finding.source is not None
    line = text.splitlines()[finding.source.line - 1]
    assert (finding.source.file, line) == ("src/cartsnitch_common/schemas/events.py", "    currency: Text200")


@pytest.mark.parametrize(
    ("now", "line"),
    [({"required": True}, "    user_id: UUID | None = None"), (None, "class PurchasesQuery(PageQuery):")],
)
def test_a_parameter_is_found_in_the_class_of_its_query(checkout, now, line):
    """Its field's line, or the class where the field is gone."""
    for source in ("src", "contracts"):
        skipped = shutil.ignore_patterns("documents", "__pycache__")
        shutil.copytree(REPOSITORY / source, checkout.root / source, dirs_exist_ok=True, ignore=skipped)
    file = checkout.root / "src/cartsnitch_common/schemas/rest/receiptwitness.py"
    if now is None:
        file.write_text(file.read_text().replace("    user_id: UUID | None = None\n", "", 1))

    def edit(openapi: dict[str, Any]) -> None:
        listed = openapi["paths"]["/purchases"]["get"]["parameters"]
        (found,) = [each for each in listed if each["name"] == "user_id"]
        if now is None:
            listed.remove(found)
        else:
            found.update(now)

    checkout.json("rest/receiptwitness/next.json", edit)

    (finding,) = run(checkout, root=checkout.root).findings

    assert finding.source is not None
    assert (checkout.root / finding.source.file) == file
    assert file.read_text().splitlines()[finding.source.line - 1] == line


def test_what_is_gone_is_found_on_the_line_of_what_listed_it(checkout):
    """An operation in the table of operations, a channel in the class of all channels."""
    for file in ("src/cartsnitch_common/constants.py", "contracts/cartsnitch_contracts/rest/operations.py"):
        (checkout.root / file).parent.mkdir(parents=True, exist_ok=True)
        text = (REPOSITORY / file).read_text()
        (checkout.root / file).write_text(text.replace('"/shopping-lists"', '"/lists"'))
    checkout.json("rest/clipartist/next.json", lambda openapi: openapi["paths"].pop("/shopping-lists"))
    (checkout.documents / "events/coupons.updated/next.json").unlink()

    found = {each.rule: each.source for each in run(checkout, root=checkout.root).findings}

    lines = {
        rule: (checkout.root / source.file).read_text().splitlines()[source.line - 1]
        for rule, source in found.items()
        if source is not None
    }
    assert lines == {
        "operation-removed": "ENDPOINTS: Final = (",
        "channel-removed": "class EventType(StrEnum):",
    }
