"""The machine under test."""

import pytest

from server.complaints.workflow import deciding, moves, redress_moves


@pytest.fixture(autouse=True)
def table_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine with its table made now, not at import: so a change of any row is noticed."""
    rows = (*moves.table(), *redress_moves.table())
    monkeypatch.setattr(deciding, "MOVES", {move.action: move for move in rows})
