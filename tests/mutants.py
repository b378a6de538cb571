"""Mutation testing of the clock's rules and of the workflow: which changes of them no test notices.

Run as `python -m tests.mutants` (make mutants). mutmut works on a copy in .cache/mutants, offline,
and with the tests of the rules alone: they need no database. What it changes and runs stands in
pyproject.toml. Prints the survivors, and fails under SHARE_MIN.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY = ROOT / ".cache" / "mutants"
COPIED = ("server", "gateways", "tests", "pwa/catalogues", "pyproject.toml")
SHARE_MIN = 0.90
KILLED = ("killed", "timeout", "segfault")


def main() -> None:
    """Copy, run, count. Status 1 where too many survive."""
    copy()
    mutmut("run", "--max-children", "2")
    mutmut("export-cicd-stats")
    stats = json.loads((COPY / "mutants" / "mutmut-cicd-stats.json").read_text())
    killed = sum(stats[name] for name in KILLED)
    total = stats["total"] - stats["skipped"]
    survivors = mutmut("results", quiet=True)
    print(survivors)
    share = killed / total
    print(f"{killed} of {total} mutants killed: {share:.1%}")
    if share < SHARE_MIN:
        raise SystemExit(1)


def copy() -> None:
    """A fresh copy of what is changed and run."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        source, target = ROOT / name, COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def mutmut(*args: str, quiet: bool = False) -> str:
    """Run mutmut on the copy; what it says, where it is wanted. Raises CalledProcessError."""
    command = [sys.executable, "-m", "mutmut", *args]
    done = subprocess.run(command, cwd=COPY, check=True, text=True, capture_output=quiet)
    return done.stdout if quiet else ""


if __name__ == "__main__":
    main()
