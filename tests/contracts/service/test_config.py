"""What a service declares in its `pyproject.toml`, and how mistakes in it are told."""

import pytest

from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.config import declares, load

WHOLE = """
[project]
name = "stickershock"
version = "1.7.0"

[tool.cartsnitch]
service = "stickershock"
publishes = ["cartsnitch.alerts.price_increase"]
calls = ["receiptwitness:GET /sync/status"]
app = "stickershock.main:app"
supported = 2

[tool.cartsnitch.consumes]
"cartsnitch.prices.updated" = "stickershock.handlers:on_prices_updated"
"""
STORE = '{table = "store", access = "read", reason = "no call yet", expires = 2999-12-31}'


@pytest.fixture
def pyproject(tmp_path):
    """The file of a project; it is not there yet."""
    return tmp_path / "pyproject.toml"


def refused(pyproject, text):
    """What is said of the file with this text."""
    pyproject.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        load(pyproject)
    return str(error.value)


def test_every_setting_is_read(pyproject):
    """The declaration has what the file says, as names that the documents know."""
    pyproject.write_text(WHOLE)

    config = load(pyproject)

    assert (config.service, config.name, config.version) == ("stickershock", "stickershock", "1.7.0")
    assert config.publishes == ("cartsnitch.alerts.price_increase",)
    assert config.consumes == {"cartsnitch.prices.updated": "stickershock.handlers:on_prices_updated"}
    assert [str(call) for call in config.calls] == ["receiptwitness:GET /sync/status"]
    assert (config.app, config.supported, config.folder) == ("stickershock.main:app", 2, pyproject.parent)


def test_one_line_is_enough(pyproject):
    """Who promises nothing yet has the service's name alone, and three minor releases by default."""
    pyproject.write_text('[tool.cartsnitch]\nservice = "api"\n')

    config = load(pyproject)

    assert (config.publishes, config.consumes, config.calls, config.app) == ((), {}, (), None)
    assert config.supported == 3


@pytest.mark.parametrize(
    ("line", "setting", "told"),
    [
        (3, 'publishes = "cartsnitch.alerts.price_increase"', "is a text, but must be a list of texts"),
        (3, 'publishes = ["alerts.price_increase"]', "Did you mean cartsnitch.alerts.price_increase? Ther"),
        (3, 'publishes = ["cartsnitch.prices.updated"]', "does not publish cartsnitch.prices.updated, but: "),
        (4, 'publishes = [\n"cartsnitch.prices.updated"]', "change ROUTES of cartsnitch_contracts/topology."),
        (3, f"publishes = {['cartsnitch.alerts.price_increase'] * 2}", "twice. Name it once."),
        (3, 'calls = ["receiptwitnes:GET /prices"]', "Did you mean receiptwitness? There are: "),
        (3, 'calls = ["receiptwitness:GET /sync/state"]', "no operation 'GET /sync/state'. Did you mean"),
        (3, 'calls = ["receiptwitness:GET /price"]', "Did you mean GET /prices? There are: "),
        (3, 'calls = ["receiptwitness:get /prices"]', "Did you mean receiptwitness:GET /prices? Write it"),
        (3, 'calls = ["prices"]', "is no call. Write it like"),
        (3, 'calls = ["stickershock:GET /increases"]', "a call of the service itself"),
        (3, 'publishes = ["cartsnitch.alerts.price_increase", 3]', "[1] is a number, 3, but must be a text"),
        (3, "calls = [[1]]", "calls[0] is a list, [1], but must be a text: calls = "),
        (3, 'app = "stickershock.main"', "which is no module and name. Write it like"),
        (3, "app = true", "app is true or false, but must be a text"),
        (3, "app = 2026-03-10", "app is a date, but must be a text"),
        (3, "supported = 0", "supported is 0, but must be a number of minor releases, 1 or more"),
        (3, 'consume = {}', "There is no setting 'consume'. Did you mean consumes?"),
        (3, 'consumes = ["cartsnitch.prices.updated"]', "consumes is a list, but must name a handler"),
        (4, '[tool.cartsnitch.consumes]\n"cartsnitch.prices" = "a:b"', "Did you mean cartsnitch.prices.upd"),
        (4, '[tool.cartsnitch.consumes]\n"cartsnitch.coupons.updated" = "a:b"', "not subscribed to "),
        (4, '[tool.cartsnitch.consumes]\n"cartsnitch.prices.updated" = "a.b"', "which is no module and name"),
        (4, '[tool.cartsnitch.consumes]\n"cartsnitch.prices.updated" = 1', "is a number, but must be a text"),
        (4, '[tool.cartsnitch.consumes]\ncartsnitch.prices.updated = "a"', '"cartsnitch.prices.updated" = '),
        (3, 'consumes.cartsnitch.prices.updated = "a:b"', "a name without quotation marks at its dots"),
        (3, 'consumes.cartsnitch = {}', 'Write "cartsnitch" = '),
        (3, 'consumes."cartsnitch.prices.updated" = "a.b"', "which is no module and name"),
        (4, f'[tool.cartsnitch.database]\nallow = [{STORE}]', "no table 'store'. Did you mean stores?"),
        (5, f'database.use = true\ndatabase.allow = [\n{STORE}]', "There is no table 'store'. Did you mean"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(pyproject, line, setting, told):
    """The message begins with file and line, and says what there is."""
    said = refused(pyproject, f'[tool.cartsnitch]\nservice = "stickershock"\n{setting}\n')

    assert told in said
    assert said.startswith(f"pyproject.toml:{line}: ")


def test_all_mistakes_are_told_at_once(pyproject):
    """Nobody mends one and runs again to hear of the next."""
    said = refused(pyproject, '[tool.cartsnitch]\nservice = "api"\nsupported = "x"\napp = 1\n')

    assert [line.partition(": ")[0] for line in said.splitlines()] == ["pyproject.toml:3", "pyproject.toml:4"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no table [tool.cartsnitch]"),
        ("[tool.cartsnitch]\n", "pyproject.toml:1: service is missing"),
        (
            '[tool.cartsnich]\nservice = "api"\n[tool.cartsnitch.consumes]\n',
            "3: service is missing: say whose promises these are. Is [tool.cartsnich] in line 1 meant",
        ),
        ('[tool.ruff]\n[tool.cartsnich]\nservice = "api"', " Is [tool.cartsnich] in line 2 meant to be it?"),
        ('[tool.cartsnitch]\nservice = "shock"\n', "pyproject.toml:2: There is no service 'shock'."),
        ('[tool.cartsnitch\nservice = "shock"\n', "pyproject.toml:1: this is not TOML"),
        ('tool = "x"\n', "pyproject.toml:1: tool is a text, but must be a table. Write it as [tool]."),
        (
            "[tool]\ncartsnitch = 3\n",
            "pyproject.toml:2: tool.cartsnitch is a number, but must be a table. Write it as [",
        ),
        (
            'project = "x"\n[tool.cartsnitch]\nservice = "api"',
            "pyproject.toml:1: project is a text, but must be a ta",
        ),
        ('[project]\nversion = 1.0\n[tool.cartsnitch]\nservice = "api"', 'Write it as version = "...".'),
    ],
)
def test_a_file_without_a_declaration_says_what_to_write(pyproject, text, told):
    """Also before any setting can be read, the message names the file."""
    said = refused(pyproject, text)

    assert told in said


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\ncartsnitch = 3", "[tool.cartsnitch"])
def test_a_declaration_that_is_none_counts_as_one(pyproject, text):
    """So that it is read, and its mistake is told."""
    pyproject.write_text(text)

    assert declares(pyproject)


def test_a_file_that_is_not_there_is_named(pyproject):
    """It declares nothing, and reading it all the same says why it cannot be."""
    assert not declares(pyproject)

    with pytest.raises(ConfigurationError, match=r"pyproject\.toml cannot be read: No such file"):
        load(pyproject)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("service",), 7),
        (("publishes", "cartsnitch.alerts.price_increase"), 8),
        (("consumes", "cartsnitch.prices.updated"), 14),
        (("consumes",), 13),
        (("nothing",), 6),
    ],
)
def test_the_line_of_a_setting_is_found(pyproject, key, line):
    """What a report points at; a setting that is not there has the table's line."""
    pyproject.write_text(WHOLE)

    assert load(pyproject).line_of(*key) == line
