"""The public names of a checkout, read from its sources without importing them."""

from dataclasses import dataclass
from pathlib import Path

import griffe

ROOTS = ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
LIST = ".ci/api/public.txt"


@dataclass(frozen=True)
class Name:
    """A public name: its path, the first sentence of its docstring, and why it goes ("" where it stays)."""

    path: str
    sentence: str
    deprecated: str


@dataclass(frozen=True)
class Surface:
    """What a checkout makes public, in the order of its list of modules."""

    modules: dict[str, griffe.Module]

    def names(self, module: str) -> list[Name]:
        """The public names of a module, in the order of its `__all__`, or of its lines."""
        found = self.modules[module]
        members = {name: member for name, member in found.members.items() if member.is_public}
        order = [str(name) for name in found.exports or members]
        return [
            Name(f"{module}.{name}", sentence(members[name]), deprecation(members[name]))
            for name in order
            if name in members
        ]

    def paths(self) -> list[str]:
        """The path of every public name."""
        return [name.path for module in self.modules for name in self.names(module)]


def read(checkout: Path) -> Surface:
    """The public names of a checkout.

    Raises:
        LookupError: the list names a module that is not there.
    """
    modules = listed(checkout)
    loader = griffe.GriffeLoader(
        search_paths=[checkout / root for root in ROOTS],
        allow_inspection=False,
    )
    for package in sorted({module.partition(".")[0] for module in modules}):
        loader.load(package, try_relative_path=False)
    loader.resolve_aliases(external=False)
    return Surface({path: _module(loader, path) for path in modules})


def listed(checkout: Path) -> list[str]:
    """The public modules of a checkout."""
    lines = (checkout / LIST).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def sentence(member: griffe.Object | griffe.Alias) -> str:
    """The first sentence of a docstring; empty where there is none."""
    if member.docstring is None:
        return ""
    first = " ".join(member.docstring.value.partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".")


def deprecation(member: griffe.Object | griffe.Alias) -> str:
    """What `@deprecated(...)` says of a class or a function; empty where it is not."""
    decorators = getattr(member, "decorators", [])
    for decorator in decorators:
        if decorator.callable_path.rpartition(".")[2] == "deprecated":
            return str(decorator.value.arguments[0]).strip("'\"")
    return ""


def _module(loader: griffe.GriffeLoader, path: str) -> griffe.Module:
    """A module of the list, in which no module is public by itself: the list alone makes it so."""
    try:
        found = loader.modules_collection[path]
    except KeyError:
        raise LookupError(
            f"{LIST} names {path}, which is no module. Take it off, or mend its name."
        ) from None
    for name, member in list(found.members.items()):
        if isinstance(member, griffe.Module):
            if name in (found.exports or ()) and name in member.members:
                found.members[name] = member.members[name]  # a function hides the module that is named as it
            else:
                member.public = False
    module: griffe.Module = found
    return module
