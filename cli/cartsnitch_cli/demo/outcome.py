"""What came of a run, for the summary, the report and the exit code."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from cartsnitch_cli.demo.broken import BrokenContract
from cartsnitch_cli.demo.files import Rejected
from cartsnitch_cli.demo.wiretap import Wiretap
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.events import PriceIncreaseAlert
from cartsnitch_fixtures.market import PriceIncrease


@dataclass(frozen=True)
class Observation:
    """What receipts of one day said of a product's price at a store."""

    day: date
    regular: Decimal
    sale: Decimal | None


@dataclass(frozen=True)
class Expected:
    """A planted increase, its product's id where a receipt showed the product, and what was found of it.

    `visible` says whether the receipts show the price both before and after; nobody could find it otherwise.
    """

    planted: PriceIncrease
    product_id: UUID | None
    visible: bool
    alert: PriceIncreaseAlert | None


@dataclass(frozen=True)
class Verdict:
    """The alerts against the truth; without a truth (`expected` empty) nothing is right or wrong."""

    expected: tuple[Expected, ...]
    noise: tuple[PriceIncreaseAlert, ...]

    @property
    def found(self) -> tuple[Expected, ...]:
        """Planted, and found."""
        return tuple(one for one in self.expected if one.alert)

    @property
    def missed(self) -> tuple[Expected, ...]:
        """Planted, shown by the receipts, and not found."""
        return tuple(one for one in self.expected if one.visible and not one.alert)

    @property
    def unseen(self) -> tuple[Expected, ...]:
        """Planted, but no receipt shows both prices."""
        return tuple(one for one in self.expected if not one.visible and not one.alert)


@dataclass(frozen=True)
class Outcome:
    """Everything that a run has to show."""

    postgres: str
    redis: str
    revision: str
    generated: bool
    receipts: int
    repeated: int
    lines: int
    shoppers: int
    rejected: tuple[Rejected, ...]
    wiretap: Wiretap
    alerts: tuple[PriceIncreaseAlert, ...]
    verdict: Verdict
    charts: dict[tuple[UUID, StoreSlug], tuple[Observation, ...]]
    broken: BrokenContract
    slips: dict[StoreSlug, str]
    service_errors: tuple[str, ...]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """Why the run did not go well, one line each; empty when it did. Rejected files are no failure."""
        failures = list(self.service_errors)
        if not self.receipts:
            failures.append("Not one receipt was ingested.")
        if self.wiretap.problems:
            failures.append(f"{len(self.wiretap.problems)} messages break their contract.")
        if self.verdict.missed:
            failures.append(f"{len(self.verdict.missed)} planted price increases were missed.")
        if self.generated and self.verdict.noise:
            failures.append(f"{len(self.verdict.noise)} alerts are about prices that did not rise.")
        if not self.broken.is_caught:
            failures.append("The contract that was broken on purpose was not caught.")
        return failures
