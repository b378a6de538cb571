"""Which numbers of the clause table have a passing test: a pytest plugin and its printer.

A test that drives a number end to end carries `@pytest.mark.clause("Y15-4", 1)`. A run of those
(`pytest -m clause`) leaves .cache/clauses.json; `python -m tests.clauses` prints it against the
table, and with `--write` brings server/ordinance/proven.toml up to date, which residents read at
/ordinance.
"""

import ast
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "server" / "ordinance" / "clauses.toml"
PROVEN = ROOT / "server" / "ordinance" / "proven.toml"
CACHE = ROOT / ".cache" / "clauses.json"

type Number = tuple[str, int]  # ("Y15-4", 1)

_seen: dict[Number, dict[str, bool]] = defaultdict(dict)  # number -> test -> passed so far


def table() -> dict[str, list[str]]:
    """Clause id -> what somebody sees when it works, the first numbered 1."""
    clauses = tomllib.loads(TABLE.read_text(encoding="utf-8"))["clause"]
    return {clause["id"]: clause["shows"] for clause in clauses}


def proven() -> set[Number]:
    """The numbers that /ordinance calls met."""
    listed = tomllib.loads(PROVEN.read_text(encoding="utf-8"))["proven"]
    return {(clause, number) for clause, numbers in listed.items() for number in numbers}


def marked() -> set[Number]:
    """The numbers that tests carry, read from their source: the whole bench, whatever is run."""
    found: set[Number] = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "clause"
            ):
                clause, number = (ast.literal_eval(value) for value in node.args)
                found.add((clause, number))
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a marker that names nothing in the table."""
    known = table()
    for item in items:
        for mark in item.iter_markers("clause"):
            if len(mark.args) != 2 or not 1 <= mark.args[1] <= len(known.get(mark.args[0], [])):
                raise pytest.UsageError(f"{item.nodeid}: no such clause number: {mark.args}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the numbers along with the report: with xdist it comes from another process."""
    report = yield
    report.user_properties += [("clause", [*mark.args]) for mark in item.iter_markers("clause")]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A number's test has passed when set-up, call and tear-down have."""
    for name, value in report.user_properties:
        if name == "clause" and isinstance(value, list):
            tests = _seen[(value[0], value[1])]
            tests[report.nodeid] = tests.get(report.nodeid, True) and report.passed


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave what a run of the clauses saw; any other run leaves the last one alone."""
    of_clauses = "clause" in session.config.option.markexpr
    if hasattr(session.config, "workerinput") or not of_clauses or not _seen:
        return
    CACHE.parent.mkdir(exist_ok=True)
    rows = [[*number, tests] for number, tests in sorted(_seen.items())]
    CACHE.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def passing() -> set[Number]:
    """The numbers whose tests all passed in the last run of the clauses."""
    if not CACHE.exists():
        return set()
    rows = json.loads(CACHE.read_text(encoding="utf-8"))
    return {(clause, number) for clause, number, tests in rows if all(tests.values())}


def written(numbers: Iterable[Number]) -> str:
    """proven.toml for those numbers, in the order of the table."""
    by_clause: dict[str, list[int]] = defaultdict(list)
    for clause, number in sorted(numbers):
        by_clause[clause].append(number)
    lines = [f'"{clause}" = {by_clause[clause]}' for clause in table() if clause in by_clause]
    head = (
        "# The numbers of clauses.toml that have a passing test, written by"
        " `python -m tests.clauses --write`.\n# /ordinance calls these met and no others.\n"
    )
    return head + "[proven]\n" + "".join(f"{line}\n" for line in lines)


def main(arguments: list[str]) -> None:
    """Print the table with its proofs, and where proven.toml says something else."""
    passed = passing()
    clauses = table()
    met = 0
    for clause, shows in clauses.items():
        numbers = [number for number in range(1, len(shows) + 1) if (clause, number) in passed]
        met += len(numbers) == len(shows)
        shown = ", ".join(map(str, numbers)) or "-"
        print(f"{clause:10} {shown:14} of {len(shows)}")
    total = sum(map(len, clauses.values()))
    print(f"{len(passed)} of {total} numbers, {met} of {len(clauses)} clauses in full")
    if "--write" in arguments:
        PROVEN.write_text(written(passed), encoding="utf-8")
    elif stale := passed ^ proven():
        print("proven.toml differs:", ", ".join(f"{c} ({n})" for c, n in sorted(stale)))
        print("bring it up to date with `python -m tests.clauses --write`")


if __name__ == "__main__":
    main(sys.argv[1:])
