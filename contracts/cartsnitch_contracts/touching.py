"""Whether a finding touches a service: it reads, writes, serves or calls what changed."""

from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.diff.report import Finding, Kind
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.topology import ROUTES, title


def touches(finding: Finding, service: Consumer) -> bool:
    """Whether the service has to do with what a finding is about."""
    if any(effect.service == service.service and effect.concerned for effect in finding.effects):
        return True
    if finding.kind is Kind.EVENT:
        return _publishes(service, finding.subject)
    return finding.kind is not Kind.DATABASE and finding.subject.startswith(f"{title(service.service)} ")


def _publishes(service: Consumer, channel: str) -> bool:
    if service.publishes is not None:
        return channel in service.publishes
    return any(
        event_type.removeprefix(PREFIX) == channel and service.service in route.publishers
        for event_type, route in ROUTES.items()
    )
