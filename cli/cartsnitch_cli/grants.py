"""What `cartsnitch db grants` prints; apart from the other commands, which do without the testing extra."""

from datetime import UTC, datetime
from pathlib import Path

from cartsnitch_common.errors import ConfigurationError

try:
    from cartsnitch_contracts.database.allowances import granted, objections
    from cartsnitch_contracts.database.granting import grant_script, revoke_script
    from cartsnitch_contracts.database.grants import grants_of
    from cartsnitch_contracts.errors import DocumentError
    from cartsnitch_contracts.library import database
    from cartsnitch_contracts.service.config import load
    from cartsnitch_contracts.topology import title
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"'cartsnitch db grants' needs {error.name}, which is not installed. "
        'Install it: pip install "cartsnitch-common[testing]".'
    ) from None


def script(service: str, role: str, allow_from: Path | None, *, revoke: bool) -> str:
    """The SQL for a service's role.

    Raises:
        DocumentError: there is no such service, no such role can be, or the allow-list is stale.
        ConfigurationError: the file with the allow-list is broken.
    """
    document = database()
    own = grants_of(document, service)
    if revoke:
        return revoke_script(role)
    if allow_from is None:
        return grant_script(own, role)
    config = load(allow_from)
    if config.service != service:
        raise DocumentError(
            f"{allow_from} is {title(config.service)}'s, and allows {title(service)} nothing. Name its own."
        )
    allowances = config.database.allow
    if stale := dict(objections(allowances, document, service, today=datetime.now(UTC).date())):
        raise DocumentError(
            "\n".join(
                [f"Nothing is granted by {allow_from}: its allow-list has stale entries.", *stale.values()]
            )
        )
    return grant_script(grants_of(document, service, granted(allowances)), role)
