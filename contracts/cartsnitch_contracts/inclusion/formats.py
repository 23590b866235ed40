"""The formats that jsonschema-rs asserts, each as the texts that it at most and at least admits.

Where both are the same pattern the format is known precisely. Elsewhere the wider one serves proofs about
texts that have the format, and the narrower one proofs about texts that do not. The grammars are those of
RFC 3339 (dates, times, durations), 3986 and 3987 (URIs), 5321 (mail addresses), 1123 (host names), 4291
(IPv6) and 6901 (JSON pointers). By them, `00-0-01-01` is no date; jsonschema-rs 0.60 takes it for one, as it
does not look whether each digit of a date or a time is one.
"""

from dataclasses import dataclass

from cartsnitch_contracts.inclusion.regex import Both, Language, Length, language


@dataclass(frozen=True)
class Format:
    """What is known about a format.

    Attributes:
        most: a pattern of the whole of every text that may have it.
        least: a pattern of texts that surely have it; None when `most` is precise.
        longest: no text that has it is longer, in characters.
        surely: texts of `least` have it up to this length.
        implies: formats that each text of this one has too.
        sample: a text as people know it.
    """

    most: str
    least: str | None = None
    longest: int | None = None
    surely: int | None = None
    implies: frozenset[str] = frozenset()
    sample: str | None = None


def _dates() -> str:
    leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
    long, short = "(?:0[13578]|1[02])", "(?:0[469]|11)"
    days = f"{long}-(?:0[1-9]|[12][0-9]|3[01])|{short}-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
    return f"(?:[0-9]{{4}}-(?:{days})|{leap}-02-29)"


def _times(*, leap_seconds: bool) -> str:
    hour, minute = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
    fraction, offset = r"(?:\.[0-9]+)?", f"[+-]{hour}:{minute}"
    plain = f"{hour}:{minute}:{minute}{fraction}(?:[Zz]|{offset})"
    # A leap second is the last one of a day in UTC; which one that is elsewhere we do not reckon.
    leap = f"23:59:60{fraction}[Zz]|{hour}:{minute}:60{fraction}{offset}"
    return f"(?:{plain}|{leap})" if leap_seconds else f"(?:{plain}|23:59:60{fraction}[Zz])"


def _durations() -> str:
    second = "[0-9]+S"
    minute = f"[0-9]+M(?:{second})?"
    time = f"T(?:[0-9]+H(?:{minute})?|{minute}|{second})"
    month = "[0-9]+M(?:[0-9]+D)?"
    date = f"(?:[0-9]+D|{month}|[0-9]+Y(?:{month})?)(?:{time})?"
    return f"P(?:{date}|{time}|[0-9]+W)"


_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"


def _ipv6() -> str:
    group = "[0-9A-Fa-f]{1,4}"
    choices = [f"(?:{group}:){{7}}{group}", f"(?:{group}:){{6}}{_IPV4}"]
    for left in range(8):
        before = f"{group}(?::{group}){{{left - 1}}}" if left else ""
        room = 7 - left
        after = [f"{group}(?::{group}){{0,{room - 1}}}"] if room else []
        if room >= 2:
            after.append(f"(?:{group}:){{0,{room - 2}}}{_IPV4}")
        choices.append(f"{before}::" + (f"(?:{'|'.join(after)})?" if after else ""))
    return f"(?:{'|'.join(choices)})"


_UNRESERVED, _SUB = "A-Za-z0-9._~\\-", "!$&'()*+,;="


def _uris(*, relative: bool, literals: bool, more: str = "") -> str:
    """References after RFC 3986, of `more` characters too; with `literals` a host may stand in brackets."""

    def some(extra: str) -> str:
        return f"(?:[{_UNRESERVED}{more}{_SUB}{extra}]|%[0-9A-Fa-f]{{2}})"

    segment, query = some(":@"), some(":@/?")
    host = f"(?:{some('')}*" + (r"|\[[0-9A-Za-z:._~!$&'()*+,;=\-]+\])" if literals else ")")
    authority = f"//(?:{some(':')}*@)?{host}(?::[0-9]*)?(?:/{segment}*)*"
    absolute, tail = f"/(?:{segment}+(?:/{segment}*)*)?", rf"(?:\?{query}*)?(?:#{query}*)?"
    whole = rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{authority}|{absolute}|{segment}+(?:/{segment}*)*)?{tail}"
    if not relative:
        return whole
    return f"(?:{whole}|(?:{authority}|{absolute}|{some('@')}+(?:/{segment}*)*)?{tail})"


_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
# Two hyphens may announce Punycode, which must then decode, and differently so from format to format.
_PLAIN_HOST = rf"(?!.*--){_HOST}"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ATOMS = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[ -~])*"'
_PLAIN_EMAIL = rf"(?=[^@]{{1,64}}@)(?!.*@.*--){_ATOMS}@{_HOST}"
_POINTER = "(?:/(?:[^~/]|~[01])*)*"
_BEYOND_ASCII = r"\u{a0}-\u{10ffff}"

_FORMATS = {
    "date": Format(_dates(), sample="2026-01-31"),
    "time": Format(_times(leap_seconds=True), _times(leap_seconds=False), sample="12:00:00Z"),
    "date-time": Format(
        f"{_dates()}[Tt]{_times(leap_seconds=True)}",
        f"{_dates()}[Tt]{_times(leap_seconds=False)}",
        sample="2026-01-31T12:00:00Z",
    ),
    "duration": Format(_durations(), sample="P1D"),
    "uuid": Format(
        "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", sample="0190163d-8694-739b-aea5-966c26f8ad91"
    ),
    "ipv4": Format(_IPV4, sample="127.0.0.1"),
    "ipv6": Format(_ipv6(), sample="::1"),
    "hostname": Format(_HOST, _PLAIN_HOST, longest=253, surely=253),
    "idn-hostname": Format(r"[\s\S]+", _PLAIN_HOST, surely=253),
    "email": Format(
        rf"(?:(?=[^@]{{1,64}}@){_ATOMS}|{_QUOTED})@(?:{_HOST}|\[[0-9A-Za-z:.]*\])",
        _PLAIN_EMAIL,
        longest=64 + 1 + 253,
        surely=253,
        sample="a@example.com",
    ),
    "idn-email": Format(r"[\s\S]+@[\s\S]+", _PLAIN_EMAIL, surely=253),
    "uri": Format(
        _uris(relative=False, literals=True),
        _uris(relative=False, literals=False),
        implies=frozenset({"uri-reference", "iri", "iri-reference"}),
        sample="https://example.com/",
    ),
    "uri-reference": Format(
        _uris(relative=True, literals=True),
        _uris(relative=True, literals=False),
        implies=frozenset({"iri-reference"}),
    ),
    "iri": Format(
        _uris(relative=False, literals=True, more=_BEYOND_ASCII),
        _uris(relative=False, literals=False),
        implies=frozenset({"iri-reference"}),
    ),
    "iri-reference": Format(
        _uris(relative=True, literals=True, more=_BEYOND_ASCII), _uris(relative=True, literals=False)
    ),
    "uri-template": Format(r"[^\x00-\x20\"<>\\^`\x7f]*", "[A-Za-z0-9._/:?&=-]*"),
    "json-pointer": Format(_POINTER),
    "relative-json-pointer": Format(f"(?:0|[1-9][0-9]*)(?:#|{_POINTER})"),
    "regex": Format(r"[\s\S]*", "[A-Za-z0-9 _-]*"),
}
KNOWN = frozenset(_FORMATS)


def implied(names: frozenset[str]) -> frozenset[str]:
    """The formats that a text of some formats has."""
    return names.union(*(_FORMATS[name].implies for name in names & KNOWN))


def samples(names: frozenset[str]) -> list[str]:
    """Texts of some formats as people know them, which the automata would not find first."""
    return [sample for name in sorted(names & KNOWN) if (sample := _FORMATS[name].sample) is not None]


def language_of(name: str, *, generous: bool) -> tuple[Language, bool]:
    """The texts of a format and whether it is precisely these; an unknown format has every text.

    Args:
        name: of the format.
        generous: where it cannot be precise, hold too many texts rather than too few.
    """
    if name not in _FORMATS:
        return Length(0, None), True
    about = _FORMATS[name]
    pattern = about.most if generous or about.least is None else about.least
    longest = about.longest if generous else about.surely
    found, precise = language(f"^{pattern}$", generous=generous)
    return Both((found, Length(0, longest))), precise and about.least is None
