"""`madang messages reconcile`: our books beside the providers' word, and what follows (Y15-4).

It changes nothing unless told to mend, and mends only what the life of a delivery allows anyway:
said twice, the second time finds nothing. Whatever it cannot mend it names.
"""

import asyncio
from dataclasses import dataclass, field

from gateways.contract import CannotTell, LookUp
from server.core import storage
from server.messages import handlers, service
from server.messages.delivery import comparing
from server.messages.delivery.comparing import Finding

ASKED_AT_ONCE = 20


@dataclass(slots=True)
class Report:
    """Everything found, in the order in which it was looked for; `asked` deliveries' providers."""

    mend: bool
    asked: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def left(self) -> list[Finding]:
        """What does not agree and has not been mended."""
        return [each for each in self.findings if not (each.mended or each.note)]

    @property
    def ok(self) -> bool:
        return not self.left

    def __str__(self) -> str:
        lines = [_line(each) for each in self.findings]
        lines.append(f"asked providers about {self.asked} deliveries")
        mended = sum(each.mended for each in self.findings)
        mendable = sum(bool(each.mend) for each in self.left)
        if mended:
            lines.append(f"mended: {mended}")
        if mendable:
            lines.append(f"can be mended with --mend: {mendable}")
        if hopeless := len(self.left) - mendable:
            lines.append(f"cannot be mended by rule: {hopeless}")
        return "\n".join([*lines, *([] if self.left else ["The books agree."])])


def _line(found: Finding) -> str:
    if found.note:
        return f"  note  {found.about}: {found.says}"
    sign = "mended" if found.mended else "  mend" if found.mend else "  LEFT"
    return f"{sign}  {found.about}: {found.says}" + (f" -> {found.mend}" if found.mend else "")


async def reconcile(*, mend: bool) -> Report:
    """Compare orders, receipts, providers, jobs and the ledger; with `mend`, mend by rule.

    What news there is comes first, for it may settle what the ledger is asked about last.
    """
    report = Report(mend)
    report.findings += await comparing.receipts(mend=mend)
    after = 0
    while numbers := await comparing.handed_over(after):
        for start in range(0, len(numbers), ASKED_AT_ONCE):
            some = numbers[start : start + ASKED_AT_ONCE]
            told = await asyncio.gather(*(_asked(each, mend=mend) for each in some))
            report.findings += [each for each in told if each is not None]
        report.asked += len(numbers)
        after = numbers[-1]
    report.findings += await comparing.stuck(mend=mend)
    report.findings += await comparing.books(mend=mend)
    return report


async def _asked(delivery_id: int, *, mend: bool) -> Finding | None:
    parcel = await service.to_look_up(delivery_id)
    if parcel is None:
        return None
    receipts = True
    try:
        pages = await service.tiff_of(parcel.delivery_id) if parcel.kind == "fax" else b""
    except storage.Missing:
        told: LookUp = CannotTell("its pages are gone")
    else:
        told, receipts = await handlers.asked(await handlers.roster(), parcel, pages)
    return await comparing.compared(parcel, told, receipts=receipts, mend=mend)
