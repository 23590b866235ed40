"""What is said of a contract's fields, whether of events or of HTTP."""

from cartsnitch_contracts.library import releases
from cartsnitch_contracts.outline import Entry
from cartsnitch_contracts.topology import title


def sent(writer: dict[str, Entry], place: str) -> str:
    """Whether the writer sends a field."""
    if place not in writer:
        return "never"
    return "always" if writer[place].required else "may be absent"


def demanded(reader: dict[str, Entry], place: str, yes: str = "yes", no: str = "no") -> str:
    """Whether the reader needs a field."""
    if place not in reader:
        return "ignored"
    return yes if reader[place].required else no


def version_told(version: str) -> str:
    """Which contract it is."""
    return version if releases() else f"{version} (nothing is released yet)"


def titles(services: tuple[str, ...]) -> str:
    """Services as people write them."""
    return ", ".join(map(title, services)) or "nobody"
