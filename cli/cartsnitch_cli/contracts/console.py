"""What the commands say, and where."""

from typing import Final

from rich.console import Console
from rich.text import Text

out: Final = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line as it is, without markup or colour."""
    out.print(Text(text))
