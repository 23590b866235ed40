"""`cartsnitch receipts generate`, run as people run it."""

import json
import mailbox
import re
import subprocess
import sys
from contextlib import closing
from decimal import Decimal

import pytest
from PIL import Image

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas import PurchaseCreate
from cartsnitch_fixtures.receipts import PHOTO, ReceiptFactory
from cartsnitch_fixtures.receipts.record import EXTRAS, ITEM_EXTRAS

COMMAND = [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "receipts"]


def generate(*arguments, **options):
    return subprocess.run(
        [*COMMAND, "generate", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", "TERM": "dumb"},
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


def output(*arguments):
    done = generate(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def test_model_is_a_purchase_create_with_what_the_till_knows():
    """Without the named extras each line is valid; with them tax and deposits can be checked to the cent."""
    records = [json.loads(line) for line in output("--count", 60, "--seed", 7).splitlines()]

    assert {record["store"] for record in records} == set(StoreSlug)
    for record in records:
        items = record["items"]
        taxed = sum((Decimal(item["extended_price"]) for item in items if item["taxable"]), Decimal(0))
        deposits = [item for item in items if item["deposit"]]
        assert abs(taxed * 6 / 100 - Decimal(record["tax"])) <= Decimal("0.005")
        assert all(item["unit_price"] == "0.10" and not item["taxable"] for item in deposits)
        assert all(item["department"] for item in items)
        assert re.fullmatch(rf"{record['purchase_date']}T\d\d:\d\d:\d\dZ", record["purchased_at"])
        assert record["user_id"] == record["household_id"]
        for name in EXTRAS:
            del record[name]
        for item in items:
            for name in ITEM_EXTRAS:
                del item[name]
        PurchaseCreate.model_validate_json(json.dumps(record))
    assert any(item["quantity"] != "1.000" for record in records for item in record["items"])


def test_a_test_gets_the_same_receipts():
    """Each line is the receipt of the next seed."""
    lines = output("--store", "meijer", "--count", 4, "--seed", 7, "--format", "raw").splitlines()

    factory = ReceiptFactory()
    assert [json.loads(line) for line in lines] == [
        factory(store="meijer", seed=seed).raw() for seed in range(7, 11)
    ]


def test_messy_pages_come_with_the_right_answer():
    """raw is untidy, and model of the same seed says what it means."""
    arguments = ("--store", "kroger", "--count", 20, "--messy", "--format")
    pages = [json.loads(line) for line in output(*arguments, "raw").splitlines()]
    answers = [json.loads(line) for line in output(*arguments, "model").splitlines()]

    receipts = [ReceiptFactory()(store="kroger", seed=seed, messy=True) for seed in range(20)]
    assert pages == [receipt.raw() for receipt in receipts] == [answer["raw_data"] for answer in answers]
    assert any("items" not in page["detail"] for page in pages)
    assert any(item["regular_price"] is None for answer in answers for item in answer["items"])


def test_text_is_cut_between_receipts():
    """Prints follow each other with a dashed line between, and none at the ends."""
    printed = output("--store", "target", "--count", 3, "--format", "text").decode()

    parts = re.split(r"\n(?:- ){19}-\n\n", printed)
    assert parts == [ReceiptFactory()(store="target", seed=seed).text() for seed in range(3)]


def test_emails_are_a_mailbox(tmp_path):
    """The standard library reads the stream as an mbox, with every message whole."""
    (tmp_path / "mbox").write_bytes(output("--count", 5, "--format", "email"))

    with closing(mailbox.mbox(tmp_path / "mbox")) as box:
        messages = list(box)

    receipts = ReceiptFactory().batch(5)
    assert [message["Subject"] for message in messages] == [
        receipt.email_message()["Subject"] for receipt in receipts
    ]
    for message, receipt in zip(messages, receipts, strict=True):
        assert message.get_payload(decode=True).decode() == receipt.email()


@pytest.mark.parametrize(
    ("layout", "suffix"),
    [("model", ".model.json"), ("raw", ".json"), ("email", ".eml"), ("text", ".txt"), ("png", ".png")],
)
def test_a_folder_gets_a_file_each_and_the_same_bytes_twice(layout, suffix, tmp_path):
    """Named by receipt id; the folder is made; all forms fit into one; another run writes the same."""
    folders = (tmp_path / "new" / "one", tmp_path / "two")
    said = [output("--count", 3, "--format", layout, "--out", folder).decode() for folder in folders]

    one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == other
    assert set(one) == {receipt.receipt_id + suffix for receipt in ReceiptFactory().batch(3)}
    assert said[0] == f"3 files in {folders[0]}.\n"


def test_a_photo_is_taken_on_demand(tmp_path):
    """`--look photo` gives the hard picture."""
    output("--format", "png", "--look", "photo", "--out", tmp_path)

    (path,) = tmp_path.iterdir()
    receipt = ReceiptFactory()(seed=0)
    assert path.read_bytes() == receipt.picture(look=PHOTO) != receipt.picture()
    with Image.open(path) as picture:
        assert picture.format == "PNG"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--store", "aldi"), "kroger"),
        (("--count", "0"), "1"),
        (("--seed", "-1"), "0"),
        (("--format", "pdf"), "png"),
        (("--format", "png"), "--out DIR"),
        (("--out", "a-file"), "--out DIR"),
        (("--out", "a-file/below"), "--out DIR"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(arguments, said, tmp_path):
    """Exit code 2, nothing on standard output, no traceback, and the way out."""
    (tmp_path / "a-file").write_text("mine")

    done = generate(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout == b""
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert (tmp_path / "a-file").read_text() == "mine"


def test_a_reader_that_has_had_enough_is_no_error():
    """`| head -1` ends a long run early and quietly."""
    script = '"$0" -c "from cartsnitch_cli.main import run; run()" receipts generate --count 100000 | head -1'

    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script, sys.executable],
        capture_output=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["receipt_id"]


def test_a_full_disk_is_told():
    """Exit code 2 and a sentence."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*COMMAND, "generate", "--count", "50"], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 2
    assert "cannot be written" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("arguments", ["--help", "receipts --help", "receipts generate --help"])
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

    assert "receipts" in done.stdout
    loaded = done.stderr.split()
    assert "cartsnitch_cli.receipts.command" in loaded
    assert not {name for name in loaded if name.startswith(("cartsnitch_fixtures", "PIL"))}


def test_help_has_an_example():
    """One that can be copied."""
    done = generate("--help")

    assert "cartsnitch receipts generate --store kroger --format text" in done.stdout.decode()


def test_without_pillow_pictures_say_what_to_install(tmp_path):
    """And the other forms work."""
    script = "import sys; sys.modules['PIL'] = None; from cartsnitch_cli.main import run; run()"

    png, text = (
        subprocess.run(
            [sys.executable, "-c", script, "receipts", "generate", "--format", layout, "--out", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        for layout in ("png", "text")
    )

    assert png.returncode == 2
    assert 'pip install "cartsnitch-common[scan]"' in png.stderr
    assert "Traceback" not in png.stderr
    assert text.returncode == 0
