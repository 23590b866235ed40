"""The changes of a service's operations that the comparer knows; those of bodies are the schema's."""

from cartsnitch_contracts.diff.rule import Rule, Subject


def _rest(id: str, purpose: str, fix: str, *steps: str) -> Rule:  # noqa: A002 - as in Rule
    return Rule(id=id, purpose=purpose, fix=fix, steps=steps, subject=Subject.REST)


REST_RULES = (
    _rest(
        "operation-removed",
        "A path or a method is gone; callers get 404 or 405.",
        "Keep the operation until nobody calls it.",
        "offer the new operation beside {field}",
        "move {writers} to it",
        "remove {field}",
    ),
    _rest(
        "operation-added",
        "A new operation; callers must not use it before it is deployed.",
        "Nothing, but deploy the service before its callers.",
        "deploy {readers}",
        "then call {field} from {writers}",
    ),
    _rest(
        "parameter-removed",
        "A parameter is gone; the service ignores it, and callers get more than they asked for.",
        "Stop sending the parameter before it goes.",
        "stop sending {field} from {writers}",
        "then remove it",
    ),
    _rest(
        "required-parameter-added",
        "The service demands a parameter that callers do not send.",
        "Give the parameter a default; or have every caller send it first.",
        "add {field} as optional",
        "send it from {writers}",
        "then demand it",
    ),
    _rest(
        "parameter-made-required",
        "The service demands a parameter that callers may leave out.",
        "Have every caller send the parameter first.",
        "send {field} from {writers} always",
        "then demand it",
    ),
    _rest(
        "parameter-made-optional",
        "Callers may leave out a parameter that the older service demands.",
        "Deploy the service before callers leave the parameter out.",
        "deploy {readers}",
        "then leave {field} out in {writers}",
    ),
    _rest(
        "status-added",
        "The service answers with a status that callers do not know.",
        "Teach callers the status before the service uses it.",
        "handle {field} in {writers}",
        "then answer with it",
    ),
    _rest(
        "status-removed",
        "The service no longer answers with a status; callers that wait for it never see it.",
        "Keep the status that says that all went well, or offer another operation.",
        "answer otherwise from {readers}",
        "then drop {field} in {writers}",
    ),
    _rest(
        "media-type-changed",
        "A body travels in another media type; the other end cannot read it.",
        "Keep the old media type beside the new one.",
        "offer both",
        "move the other side",
        "drop the old one",
    ),
    _rest(
        "security-added",
        "The service demands credentials that callers do not send.",
        "Have every caller send the credentials first.",
        "send the credentials from {writers}",
        "then demand them",
    ),
    _rest(
        "security-removed",
        "The service no longer demands credentials; that breaks nobody, and opens a door.",
        "Make sure that it is meant.",
        "deploy {readers}",
        "then stop sending the credentials from {writers}",
    ),
)
"""Every rule on operations."""

PARAMETERS = {
    "field-removed": "parameter-removed",
    "optional-field-removed": "parameter-removed",
    "required-field-added": "required-parameter-added",
    "field-made-required": "parameter-made-required",
    "field-made-optional": "parameter-made-optional",
}
"""What the schema's rules on a field's presence are called where the field is a parameter."""
