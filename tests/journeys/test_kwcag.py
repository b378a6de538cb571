"""The list of KWCAG 2.2 in KWCAG.md names every item, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).parent / "KWCAG.md"
ROW = re.compile(r"^\| (\d\.\d\.\d) \|", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w./-]+\.py)(?:::(\w+))?`")
ITEMS = (
    ("5", (1, 1, 3, 4)),
    ("6", (4, 2, 1, 4, 4)),
    ("7", (1, 2, 4)),
    ("8", (1, 1)),
)
"""How many items each guideline of a principle has: 33 in all."""


def test_every_item_stands_in_its_order() -> None:
    wanted = [
        f"{principle}.{guideline}.{item}"
        for principle, counts in ITEMS
        for guideline, count in enumerate(counts, 1)
        for item in range(1, count + 1)
    ]
    assert len(wanted) == 33
    assert ROW.findall(LIST.read_text("utf-8")) == wanted


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(LIST.read_text("utf-8"))
    assert len(named) >= 20
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        functions = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert not name or name in functions, f"{file} has no {name}"
