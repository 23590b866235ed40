"""Run all benchmarks, or those that are named; `--write` puts the tables of those with a page into it."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks
from benchmarks.page import write_tables


def main(arguments: list[str]) -> None:
    names = [argument for argument in arguments if argument != "--write"]
    modules = {
        info.name: import_module(f"benchmarks.{info.name}")
        for info in iter_modules(benchmarks.__path__)
        if info.name != "__main__"
    }
    found = {name: module for name, module in modules.items() if hasattr(module, "tables")}
    if unknown := set(names) - found.keys():
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}. There are: {', '.join(found)}.")
    for name in names or found:
        tables = []
        for table in found[name].tables():
            print(table, end="\n\n", flush=True)
            tables.append(str(table))
        if "--write" in arguments and hasattr(found[name], "PAGE"):
            write_tables(found[name].PAGE, tables)


if __name__ == "__main__":
    main(sys.argv[1:])
