"""Regular languages: patterns of JSON Schema as automata, and the words that satisfy several at once."""

from cartsnitch_contracts.inclusion.regex.language import is_read_in_two_ways, language
from cartsnitch_contracts.inclusion.regex.logic import Both, Language, Length, Not
from cartsnitch_contracts.inclusion.regex.search import Search

__all__ = ["Both", "Language", "Length", "Not", "Search", "is_read_in_two_ways", "language"]
