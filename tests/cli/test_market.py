"""`cartsnitch market simulate`, run as people run it."""

import json
import pickle
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas import PurchaseCreate, PurchaseItemCreate
from cartsnitch_common.schemas.events import PriceUpdate
from cartsnitch_fixtures import cast
from cartsnitch_fixtures.market import Market
from cartsnitch_fixtures.market.offers import keyed_offers
from cartsnitch_fixtures.market.truth_file import read_truth
from cartsnitch_fixtures.receipts.record import as_record
from simulating import COMMAND, ENVIRONMENT, begun, contents, simulate, simulated

pytestmark = pytest.mark.services

SMALL = ("--households", 25, "--weeks", 4)


def records(folder, table):
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of a small market."""
    folder = tmp_path_factory.mktemp("market") / "small"
    simulated(*SMALL, "--seed", 7, "--out", folder)
    return folder


@pytest.fixture(scope="module")
def market():
    """The same market in this process."""
    return Market(7, households=25, weeks=4)


def test_receipts_are_the_markets_in_the_order_of_the_clock(small, market):
    """As `receipts generate` writes them but for raw pages, with the keys that a loaded database has."""
    found = records(small, "receipts")

    assert len(found) > 100
    expected = [as_record(receipt) for receipt in market.receipts()]
    for record, other in zip(found, expected, strict=True):
        record.pop("id")
        del other["raw_data"]
        other["store_id"] = str(cast.store_id(StoreSlug(other["store"])))
        other["store_location_id"] = record["store_location_id"]
        for item, told in zip(record["items"], other["items"], strict=True):
            assert item.pop("id")
            told["normalized_product_id"] = item["normalized_product_id"]
    assert found == expected


def test_a_receipt_is_a_purchase_that_the_api_takes(small):
    """Fields that the API knows are valid as they are."""
    for record in records(small, "receipts"):
        known = {name: record[name] for name in PurchaseCreate.model_fields if name in record}
        known["items"] = [
            {name: item[name] for name in PurchaseItemCreate.model_fields} for item in record["items"]
        ]
        purchase = PurchaseCreate.model_validate_json(json.dumps(known))
        assert sum(item.extended_price for item in purchase.items) == purchase.subtotal


def test_events_are_those_that_the_market_publishes(small, market):
    """Every envelope in the order of publishing, as it travels."""
    assert records(small, "events") == [event.model_dump(mode="json") for event in market.events()]


def test_observations_are_those_of_the_platform(small, market):
    """One a product, chain and day; its keys are those of the events and the receipts."""
    found = records(small, "observations")

    assert [
        (each["code"], each["store"], each["observed_date"], each["regular_price"]) for each in found
    ] == [(seen.product.code, seen.store, str(seen.day), str(seen.regular)) for seen in market.observations()]
    prices = [price for event in records(small, "events") for price in event["payload"].get("prices", ())]
    assert prices == [
        {"price_history_id": each["id"], "store_slug": each["store"]}
        | {name: each[name] for name in PriceUpdate.model_fields if name in each}
        for each in found
    ]
    items = {item["id"] for receipt in records(small, "receipts") for item in receipt["items"]}
    assert {each["purchase_item_id"] for each in found} <= items


def test_coupons_and_products_stand_in_tables_of_their_own(small, market):
    """With the keys that the other tables name."""
    coupons, products = records(small, "coupons"), records(small, "products")

    assert [(each["id"], each["code"], each["discount_value"]) for each in coupons] == [
        (str(key), coupon.product.code, str(coupon.value)) for key, coupon in keyed_offers(market)
    ]
    keys = {each["code"]: each["id"] for each in products}
    assert {each["normalized_product_id"] for each in records(small, "observations")} <= set(keys.values())
    assert all(keys[each["code"]] == each["normalized_product_id"] for each in coupons)


def test_the_truth_is_the_markets(small, market):
    """And so is what receipts show of it."""
    assert read_truth(small) == market.truth
    assert read_truth(small, shown=True) == market.truth.shown_by(market.receipts())


def test_only_the_last_line_is_for_standard_output(tmp_path):
    """It says where to look; progress goes to standard error."""
    done = simulated("--households", 5, "--weeks", 2, "--out", tmp_path / "new" / "market")

    receipts = len(records(tmp_path / "new" / "market", "receipts"))
    page = tmp_path / "new" / "market" / "summary.html"
    assert done.stdout == f"{receipts} receipts are in {page.parent}. Look at: {page}\n"
    assert "Week 2 of 2" in done.stderr
    assert page.exists()


def test_without_events_there_is_no_file_of_them(tmp_path):
    """The other tables are the same."""
    simulated(*SMALL, "--out", tmp_path / "all")
    simulated(*SMALL, "--no-events", "--out", tmp_path / "few")

    few, whole = contents(tmp_path / "few"), contents(tmp_path / "all")
    assert whole.keys() - few.keys() == {"events.jsonl"}
    assert {name for name in few if few[name] != whole[name]} == {"market.json", "summary.html"}


def test_what_was_killed_goes_on_and_ends_the_same_to_the_byte(tmp_path):
    """Twice, in the middle of a week; no trace of it is left."""
    arguments = ("--households", 60, "--weeks", 12, "--plant", 4, "--out")
    simulated(*arguments, tmp_path / "whole")
    for _ in range(2):
        begun(*arguments, tmp_path / "killed", state=tmp_path / "killed" / ".unfinished")
    cut = (tmp_path / "killed" / "receipts.jsonl").stat().st_size

    done = simulated(*arguments, tmp_path / "killed")

    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
    assert 0 < cut < (tmp_path / "whole" / "receipts.jsonl").stat().st_size
    assert "Week 12 of 12" in done.stderr


def test_what_was_killed_before_its_first_note_starts_anew(tmp_path):
    """What was written by then is not there twice."""
    simulated(*SMALL, "--out", tmp_path / "whole")
    (tmp_path / "begun").mkdir()
    for name in ("market.json", "receipts.jsonl", "products.jsonl"):
        (tmp_path / "begun" / name).write_bytes((tmp_path / "whole" / name).read_bytes())
    (tmp_path / "begun" / ".unfinished.part").write_bytes(b"half a note")

    simulated(*SMALL, "--out", tmp_path / "begun")

    assert contents(tmp_path / "begun") == contents(tmp_path / "whole")


def test_control_c_says_that_it_can_go_on(tmp_path):
    """Exit code 130, as shells have it, and no traceback."""
    process = subprocess.Popen(
        [*COMMAND, "--households", "300", "--weeks", "40", "--out", tmp_path / "market"],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (tmp_path / "market" / ".unfinished").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)

    said, told = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said == ""
    assert "The same command goes on where it was." in told
    assert "Traceback" not in told


def test_what_is_complete_is_left_alone(small):
    """The same command says so."""
    before = {path: path.stat().st_mtime_ns for path in small.iterdir()}

    done = simulated(*SMALL, "--seed", 7, "--out", small)

    assert "is complete, and nothing was left to do" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in small.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--seed", 8), "seed 7, not 8"),
        (("--seed", 7, "--plant", 2), "plant 0, not 2"),
        (("--seed", 7, "--stores", "kroger,target"), "stores meijer,kroger,target, not kroger,target"),
        (("--seed", 7, "--start", "2026-04-05"), "start 2026-03-01, not 2026-04-05"),
        (("--seed", 7, "--no-events"), "events True, not False"),
    ],
)
def test_another_market_does_not_go_into_the_same_folder(arguments, said, small):
    """The message tells what differs, and nothing is touched."""
    before = contents(small)

    done = simulate(*SMALL, *arguments, "--out", small)

    assert done.returncode == 2
    assert f"{small} holds another simulation: {said}." in done.stderr
    assert contents(small) == before


def test_a_folder_of_another_version_is_not_gone_on_with(tmp_path):
    """It might draw something else."""
    (tmp_path / "market.json").write_text(
        json.dumps({"made_by": "cartsnitch-common 0.0.1", "arguments": {"households": 25}})
    )

    done = simulate(*SMALL, "--out", tmp_path)

    assert done.returncode == 2
    assert "version cartsnitch-common 0.0.1, not cartsnitch-common" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stores", "aldi"), "There is no chain aldi. There are: meijer,kroger,target."),
        (("--stores", ","), "at least one chain"),
        (("--households", 0), "--households"),
        (("--start", "tomorrow"), "--start"),
        (("--plant", 500), "prices can rise, not 500"),
        (("--weeks", 2, "--plant", 1), "3 weeks at least, not 2"),
        (("--out", "a-file"), "a-file is a file. Name a folder, new or not: --out DIR."),
        (("--out", "a-file/below"), "cannot be written: Not a directory"),
        (("--out", "."), "holds files that are not of a simulation, and they are left alone"),
        (("--database-url", "sqlite:///x.db"), "A market is loaded by COPY, which SQLite x.db has not"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(arguments, said, tmp_path):
    """Exit code 2, nothing on standard output, no traceback, and no file changed."""
    (tmp_path / "a-file").write_text("mine")

    done = simulate(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert (tmp_path / "a-file").read_text() == "mine"


def test_two_processes_do_not_write_to_one_folder(tmp_path):
    """The second is told, and the first goes on."""
    first = subprocess.Popen(
        [*COMMAND, "--households", "300", "--weeks", "40", "--out", tmp_path / "market"],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (tmp_path / "market" / "receipts.jsonl").exists():
        assert first.poll() is None
        time.sleep(0.01)

    second = simulate("--households", 300, "--weeks", 40, "--out", tmp_path / "market")

    assert first.poll() is None
    first.kill()
    first.wait()
    assert second.returncode == 2
    assert "Another process is simulating into" in second.stderr


def test_a_full_disk_is_told_and_made_good(tmp_path):
    """A sentence and a way out, which works."""
    limited = simulate(
        *SMALL, "--out", tmp_path / "market",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000)),
    )  # fmt: skip

    assert limited.returncode == 2
    assert "cannot be written: File too large. Make room, and call again" in limited.stderr
    assert "Traceback" not in limited.stderr
    simulated(*SMALL, "--out", tmp_path / "market")
    simulated(*SMALL, "--out", tmp_path / "whole")
    assert contents(tmp_path / "market") == contents(tmp_path / "whole")


class Evil:
    """What an attacker would leave in a folder."""

    def __reduce__(self):
        return print, ("I was run.",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is damaged (EOFError"),
        (b"garbage", "is damaged (UnpicklingError"),
        (pickle.dumps(Evil()), "it asks for builtins.print"),
        (pickle.dumps({"days": 7}), "it holds dict"),
    ],
)
def test_a_damaged_note_is_told_and_never_run(content, said, tmp_path, small):
    """The folder is left as it is."""
    (tmp_path / "market.json").write_bytes((small / "market.json").read_bytes())
    (tmp_path / ".unfinished").write_bytes(content)

    done = simulate(*SMALL, "--seed", 7, "--out", tmp_path)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Remove" in done.stderr
    assert "I was run." not in done.stdout


def test_without_pyarrow_parquet_says_what_to_install(tmp_path):
    """And JSON lines need nothing."""
    script = "import sys; sys.modules['pyarrow'] = None; from cartsnitch_cli.main import run; run()"

    done = subprocess.run(
        [sys.executable, "-c", script, "market", "simulate", "--format", "parquet", "--out", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "Install it: pip install pyarrow" in done.stderr
    assert "--format jsonl" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["--help", "market --help", "market simulate --help"])
def test_help_loads_no_fixtures(arguments):
    """It answers at once."""
    script = (
        "import sys; sys.argv[1:] = sys.argv[1].split()\n"
        "from cartsnitch_cli.main import run\n"
        "try: run()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, arguments], capture_output=True, text=True, check=True
    )

    assert "market" in done.stdout
    assert not {name for name in done.stderr.split() if name.startswith("cartsnitch_fixtures")}


def test_the_page_says_how_to_make_the_market_again(tmp_path):
    """Its command, as it stands there, gives the same bytes."""
    simulated("--households", 8, "--weeks", 4, "--stores", "target,kroger", "--plant", 2, "--no-inflation",
              "--out", tmp_path / "one")  # fmt: skip
    page = (tmp_path / "one" / "summary.html").read_text()

    command = re.search(r"<code>cartsnitch market simulate (.*?)</code>", page)[1]
    simulated(*command.split(), "--out", tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert {rise.store for rise in read_truth(tmp_path / "one").increases} <= {"target", "kroger"}
    assert Path(tmp_path / "one" / "market.json").exists()
