"""A whole table brought in from a spreadsheet (O8-3): first a dry run row by row, then at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.accounts import service as accounts
from server.catalogue import keeping, rules, table_csv, versions
from server.catalogue.models import Version
from server.catalogue.rules import LABELS, Terms
from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a line of a file would do: `state` is new, changed, same or fault.

    `changes` are (label, before, after), `faults` (label, why).
    """

    line: int
    slug: str
    name: str
    state: str
    changes: Sequence[tuple[str, str, str]]
    faults: Sequence[tuple[str, Phrase]]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would do. `stamp` is the table it was compared with; `untouched` are rows of
    the table that the file does not name: they stay as they are."""

    rows: Sequence[RowChange]
    untouched: int
    stamp: str

    @property
    def faulty(self) -> int:
        """How many lines are wrong: with any, nothing is written."""
        return sum(row.state == "fault" for row in self.rows)

    @property
    def acting(self) -> int:
        """How many lines would write something."""
        return sum(row.state in ("new", "changed") for row in self.rows)


async def exported() -> str:
    """The table in force now, as CSV."""
    return table_csv.written((await keeping.terms_at(clock.now())).values())


async def dry_run(text: str, since: datetime) -> DryRun:
    """What a file would do from `since` on. Raises Invalid where it is no table."""
    departments = {dept.slug for dept in await accounts.departments()}
    standing = await keeping.terms_at(since)
    lines = table_csv.read(text, departments)
    rows = [_row(line, standing.get(line.slug)) for line in lines]
    untouched = len(standing.keys() - {line.slug for line in lines})
    return DryRun(rows, untouched, await stamp())


@transactional
async def bring_in(
    text: str,
    since: datetime,
    basis: str,
    seen: str,
    actor_id: int,
    *,
    claim: FormClaim | None = None,
) -> int:
    """Write every line that changes something, all or none; how many.

    Raises Invalid (422) where a line is wrong, Conflict (409) where the table has changed since
    the dry run (`seen` is its stamp).
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    versions.check(since, basis)
    found = await dry_run(text, since)
    if found.faulty:
        sentence = N_("고칠 줄이 있어 아무것도 반영하지 않았습니다.")
        raise Invalid("catalogue.faulty", sentence, "file")
    if found.stamp != seen:
        sentence = N_("살펴보는 사이 표가 바뀌었습니다. 다시 살펴보고 반영해 주세요.")
        raise Conflict("catalogue.changed", sentence)
    departments = {dept.slug: dept for dept in await accounts.departments()}
    acting = {row.slug for row in found.rows if row.state in ("new", "changed")}
    for line in table_csv.read(text, departments):
        if line.terms is not None and line.slug in acting:
            await keeping.write(
                line.terms, departments, since=since, basis=basis, actor_id=actor_id, newest=None
            )
    await audit.record("catalogue.import", "catalogue", actor_id, rows=len(acting))
    await forms.settle(claim, str(len(acting)))
    return len(acting)


async def stamp() -> str:
    """Changes whenever anything is written to the table."""
    newest = await Version.all().order_by("-id").first()
    back = await Version.filter(taken_back=True).count()
    return f"{newest.id if newest else 0}-{back}"


def _row(line: table_csv.Line, before: Terms | None) -> RowChange:
    if line.terms is None:
        name = before.name if before else ""
        faults = [(LABELS[field], why) for field, why in line.faults]
        return RowChange(line.number, line.slug, name, "fault", (), faults)
    after = table_csv.cells(line.terms)
    names = rules.changed(before, line.terms)
    if before is None:
        shown = [(LABELS[name], "", after[name]) for name in names if name != "slug"]
        return RowChange(line.number, line.slug, line.terms.name, "new", shown, ())
    was = table_csv.cells(before)
    changes = [(LABELS[name], was[name], after[name]) for name in names]
    state = "changed" if changes else "same"
    return RowChange(line.number, line.slug, line.terms.name, state, changes, ())
