"""Why a message or payload was refused, in one line that holds no value of a field."""

from pydantic import ValidationError

from cartsnitch_common.schemas.events import PAYLOADS

_SHOWN = 3
_LONGEST = 60


def explain(error: ValidationError) -> str:
    """Like `payload.total: Field required; and 2 more`."""
    problems = error.errors(include_url=False, include_input=False)
    shown = [
        _problem(problem["type"], problem["loc"], problem["msg"], problem.get("ctx", {}))
        for problem in problems[:_SHOWN]
    ]
    if len(problems) > _SHOWN:
        shown.append(f"and {len(problems) - _SHOWN} more")
    return "; ".join(shown)


def quote(value: object) -> str:
    """Foreign text, safe for one line of a log: escaped and cut."""
    text = str(value)
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def _problem(kind: str, location: tuple[int | str, ...], message: str, context: dict[str, object]) -> str:
    if kind == "union_tag_invalid":
        return f"event_type: no channel is called {quote(context['tag'])}"
    if kind == "union_tag_not_found":
        return "event_type: Field required"
    if kind == "extra_forbidden":
        message = "the contract has no such field"
    place = _place(location[1:] if location and location[0] in PAYLOADS else location)
    text = " ".join(message.split())
    return f"{place}: {text}" if place else text


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            name = step if step.isidentifier() and len(step) <= _LONGEST else quote(step)
            place += f".{name}" if place else name
    return place
