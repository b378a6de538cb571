"""When the examiner reminds, and which months can be reviewed (D22, D28). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from server.core.clock import SEOUL
from server.core.i18n import N_
from server.core.web import Conflict, NotFound

TEXT_LETTERS_MAX: Final = 1000
FIRST_WORDS: Final = N_(
    "처리 기한이 지났습니다. 지금까지의 처리 상황과 앞으로의 계획을 알려 주시고, 곧바로 처리해"
    " 주세요."
)
"""What a reminder says unless the examiner says it otherwise."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of Seoul."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> "Month":
        """`2026-11`. Raises NotFound for anything else."""
        match = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
        if match is None:
            raise NotFound
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that has the day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), SEOUL)

    def moved(self, months: int) -> "Month":
        """So many months later."""
        total = self.year * 12 + self.month - 1 + months
        return Month(total // 12, total % 12 + 1)


def was_due(since: datetime) -> date | datetime:
    """Until when it was due, from the instant at which it was late: a day ends at midnight."""
    seoul = since.astimezone(SEOUL)
    return seoul.date() - timedelta(days=1) if seoul.time() == time() else seoul


def check_reminder(reminded: Sequence[datetime], today: date) -> int:
    """The ordinal of a reminder sent today; `reminded` are the earlier ones of the case.

    Raises Conflict where the head of the department has been reminded of it today already.
    """
    if any(at.astimezone(SEOUL).date() == today for at in reminded):
        raise Conflict("examining.today", N_("오늘 이미 독촉장을 보낸 민원입니다."))
    return len(reminded) + 1


def check_close(month: Month, today: date) -> None:
    """Raises Conflict where the month is not over: its figures would still change."""
    if Month.of(today).first <= month.first:
        raise Conflict("examining.month", N_("아직 끝나지 않은 달입니다. 다음 달에 점검해 주세요."))


def months_to_show(today: date, count: int = 12) -> list[Month]:
    """The months before this one, the newest first."""
    this = Month.of(today)
    return [this.moved(-back) for back in range(1, count + 1)]
