"""How the simulator answers and what receipts follow: by the recipient's number, or as told.

Magic numbers lie where the numbering plan has none: 010-0000-NNNN for SMS, 02-0000-NNNN for fax.

| NNNN | behaviour | what the provider does |
|---|---|---|
| 0000 | deliver | accepts, receipt `delivered` after a moment; so does every other number |
| 0001 | refuse | refuses the connection: certainly not taken, may be tried again |
| 0002 | reject_number | rejects for good: no such number |
| 0003 | reject_sender | rejects for good: the sender number is not registered |
| 0004 | rate_limit | 429 with Retry-After, each time |
| 0005 | rate_limit_once | 429 the first time, then as 0000 |
| 0006 | refuse_once | refuses the first time, then as 0000 |
| 0011 | timeout_before | times out, has taken nothing; look-up says so |
| 0012 | timeout_after | times out after taking the order, then as 0000 |
| 0013 | reset_after | breaks the connection after taking the order, then as 0000 |
| 0014 | error_before | 500, has taken nothing; look-up says so |
| 0015 | error_after | 500 after taking the order, then as 0000 |
| 0016 | malformed_after | takes the order, answers what cannot be read, then as 0000 |
| 0017 | silent | times out; look-up cannot tell; no receipt ever |
| 0018 | slow | takes the order, answers after three seconds, then as 0000 |
| 0021 | fail | accepts, receipt `failed` |
| 0022 | expire | accepts, receipt `expired` |
| 0023 | lose_receipt | accepts and delivers without a receipt; look-up finds it delivered |
| 0024 | never_end | accepts, no receipt; look-up finds it accepted for ever |
| 0025 | duplicate | as 0000, the receipt three times |
| 0026 | reorder | receipt `delivered`, then an older `accepted`, then `failed` with another id |
| 0027 | early | the receipt is called before the order is answered |
| 0028 | late | the receipt comes after `late_seconds` |
| 0029 | forge | a receipt `failed` with a wrong signature, then as 0000 |
| 0030 | unknown_id | a receipt for an order nobody placed, then as 0000 |
| 0031 | partial | fax: all pages but the last, receipt `failed` with the pages sent; SMS: as 0021 |

`control.json` in the simulator's directory rules over the numbers, from the next order on:
`{"behaviour": {"01012345678": "fail", "*": "lose_receipt"}, "delay_seconds": 0.1,
"late_seconds": 5, "slow_seconds": 3, "timeout_seconds": 0.2, "retry_after_seconds": 2}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from gateways.contract import Status

CONTROL = "control.json"
MAGIC_SMS = "0100000"
MAGIC_FAX = "020000"


class Behaviour(StrEnum):
    DELIVER = "deliver"
    REFUSE = "refuse"
    REJECT_NUMBER = "reject_number"
    REJECT_SENDER = "reject_sender"
    RATE_LIMIT = "rate_limit"
    RATE_LIMIT_ONCE = "rate_limit_once"
    REFUSE_ONCE = "refuse_once"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    RESET_AFTER = "reset_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    MALFORMED_AFTER = "malformed_after"
    SILENT = "silent"
    SLOW = "slow"
    FAIL = "fail"
    EXPIRE = "expire"
    LOSE_RECEIPT = "lose_receipt"
    NEVER_END = "never_end"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    EARLY = "early"
    LATE = "late"
    FORGE = "forge"
    UNKNOWN_ID = "unknown_id"
    PARTIAL = "partial"


BY_NUMBER = {
    "0000": Behaviour.DELIVER,
    "0001": Behaviour.REFUSE,
    "0002": Behaviour.REJECT_NUMBER,
    "0003": Behaviour.REJECT_SENDER,
    "0004": Behaviour.RATE_LIMIT,
    "0005": Behaviour.RATE_LIMIT_ONCE,
    "0006": Behaviour.REFUSE_ONCE,
    "0011": Behaviour.TIMEOUT_BEFORE,
    "0012": Behaviour.TIMEOUT_AFTER,
    "0013": Behaviour.RESET_AFTER,
    "0014": Behaviour.ERROR_BEFORE,
    "0015": Behaviour.ERROR_AFTER,
    "0016": Behaviour.MALFORMED_AFTER,
    "0017": Behaviour.SILENT,
    "0018": Behaviour.SLOW,
    "0021": Behaviour.FAIL,
    "0022": Behaviour.EXPIRE,
    "0023": Behaviour.LOSE_RECEIPT,
    "0024": Behaviour.NEVER_END,
    "0025": Behaviour.DUPLICATE,
    "0026": Behaviour.REORDER,
    "0027": Behaviour.EARLY,
    "0028": Behaviour.LATE,
    "0029": Behaviour.FORGE,
    "0030": Behaviour.UNKNOWN_ID,
    "0031": Behaviour.PARTIAL,
}

# Orders that these meet are taken; the rest of the misbehaviours take nothing.
TAKES_NOTHING = frozenset(
    {
        Behaviour.REFUSE,
        Behaviour.REJECT_NUMBER,
        Behaviour.REJECT_SENDER,
        Behaviour.RATE_LIMIT,
        Behaviour.TIMEOUT_BEFORE,
        Behaviour.ERROR_BEFORE,
        Behaviour.SILENT,
    }
)


@dataclass(frozen=True, slots=True)
class Control:
    """What `control.json` says; the defaults where it says nothing."""

    behaviour: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 1.0
    late_seconds: float = 600.0
    slow_seconds: float = 3.0
    timeout_seconds: float = 0.5
    retry_after_seconds: int = 2

    def of(self, recipient: str) -> Behaviour:
        """How to meet an order to this number."""
        told = self.behaviour.get(recipient) or self.behaviour.get("*")
        if told is not None:
            return Behaviour(told)
        for magic, length in ((MAGIC_SMS, 11), (MAGIC_FAX, 10)):
            if recipient.startswith(magic) and len(recipient) == length:
                return BY_NUMBER.get(recipient[-4:], Behaviour.DELIVER)
        return Behaviour.DELIVER


def read_control(directory: Path) -> Control:
    """The control file as it is now. A wrong one is an error: a test meant something by it."""
    try:
        text = (directory / CONTROL).read_text("utf-8")
    except FileNotFoundError:
        return Control()
    return Control(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Planned:
    """A receipt to come: `after` seconds, `event` told apart within the order."""

    after: float
    event: str
    status: Status
    units: int
    reason: str | None = None
    forged: bool = False
    nobodys: bool = False


def seen_as(behaviour: Behaviour, units: int) -> tuple[Status, int, str | None]:
    """What becomes of an order once it is taken: status, units that arrive, reason."""
    match behaviour:
        case Behaviour.FAIL:
            return Status.FAILED, 0, "no_answer"
        case Behaviour.EXPIRE:
            return Status.EXPIRED, 0, "switched_off"
        case Behaviour.PARTIAL:
            return Status.FAILED, units - 1, "line_lost"
        case Behaviour.NEVER_END:
            return Status.ACCEPTED, 0, None
        case _:
            return Status.DELIVERED, units, None


def receipts_of(behaviour: Behaviour, units: int, control: Control) -> list[Planned]:
    """The receipts that follow an order of so many units once it is taken, in order of time."""
    soon = control.delay_seconds
    status, arrived, reason = seen_as(behaviour, units)
    end = Planned(soon, status.value, status, arrived, reason)
    match behaviour:
        case Behaviour.LOSE_RECEIPT | Behaviour.NEVER_END:
            return []
        case Behaviour.EARLY:
            return [replace(end, after=0.0)]
        case Behaviour.LATE:
            return [replace(end, after=control.late_seconds)]
        case Behaviour.DUPLICATE:
            return [end, replace(end, after=soon * 1.5), replace(end, after=soon * 2)]
        case Behaviour.REORDER:
            stale = Planned(soon * 2, "stale", Status.FAILED, 0, "stale")
            return [end, Planned(soon * 1.5, "accepted", Status.ACCEPTED, 0), stale]
        case Behaviour.FORGE:
            return [Planned(soon * 0.5, "forged", Status.FAILED, 0, forged=True), end]
        case Behaviour.UNKNOWN_ID:
            return [replace(end, after=soon * 0.5, event="nobody", nobodys=True), end]
        case _:
            return [end]
