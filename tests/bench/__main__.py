"""`make bench`: every ratio of one run beside its goal. A goal that is missed is said, not hidden.

The baselines are the other programs that each bench runs beside ours, in the same minute on the
same machine: see the first lines of each `bench_*.py`.
"""

import sys
from importlib import import_module

BENCHES = (
    "bench_pages",
    "bench_ledger",
    "bench_fax",
    "bench_push",
    "bench_sending",
    "bench_csv",
    "bench_kannel",
    "bench_list",
    "bench_filing",
    "bench_million",
)


def main(names: list[str]) -> int:
    """Runs the named benches (all by default) and prints a table; 1 if a goal was missed."""
    rows: list[tuple[str, float, float]] = []
    for name in names or BENCHES:
        bench = import_module(f"tests.bench.{name}")
        print(f"== {name}: {(bench.__doc__ or '').strip().splitlines()[0]}", flush=True)
        rows += [(what, ratio, bench.GOALS[what]) for what, ratio in bench.run().items()]
    width = max(len(what) for what, _, _ in rows)
    print()
    for what, ratio, goal in rows:
        verdict = "met" if ratio >= goal else "MISSED"
        print(f"{what:<{width}}  {ratio:6.2f}  goal {goal:4.2f}  {verdict}")
    return 1 if any(ratio < goal for _, ratio, goal in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
