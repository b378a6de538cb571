"""The order in which several processes take the tests: the long ones first.

`--dist worksteal` gives each process one stretch of the list and lets an idle one take from the
end of another's. Were the journeys and crashes, of up to a minute each, in one stretch, three
processes would be done while the fourth still had two minutes of them to go.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LONG = (TESTS / "faults", TESTS / "journeys")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins each process's stretch with its share of the long tests, a module never in two."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = spread(items, processes)


def spread(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """`items` in as many stretches of equal number as there are processes, each begun by long
    modules in turn; what is not long keeps its order."""
    modules = defaultdict(list)
    rest = []
    for item in items:
        if any(room in item.path.parents for room in LONG):
            modules[item.path].append(item)
        else:
            rest.append(item)
    shares: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, module in enumerate(modules.values()):
        shares[number % processes].extend(module)
    stretch = -(-len(items) // processes)
    ordered = []
    for share in shares:
        room = max(stretch - len(share), 0)
        ordered += share + rest[:room]
        del rest[:room]
    return ordered + rest
