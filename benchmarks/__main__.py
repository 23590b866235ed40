"""Run all benchmarks, or those that are named."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks


def main(names: list[str]) -> None:
    modules = {
        info.name: import_module(f"benchmarks.{info.name}")
        for info in iter_modules(benchmarks.__path__)
        if info.name != "__main__"
    }
    found = {name: module for name, module in modules.items() if hasattr(module, "tables")}
    if unknown := set(names) - found.keys():
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}. There are: {', '.join(found)}.")
    for name in names or found:
        for table in found[name].tables():
            print(table, end="\n\n", flush=True)


main(sys.argv[1:])
