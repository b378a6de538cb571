"""What a profile says of mileage: table 1, the prices, the budget (Y15-3, Y15-4)."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from server.ordinance.section import Clause, Count, Row, Section, Words


class Award(Section):
    """Points given once for each of what `once` names (table 1)."""

    clause = Clause("Y15-3")

    points: Count
    once: Literal["person", "day", "proposal", "survey"]


class TieredAward(Section):
    """Points by recommendations of others: rows of (recommendations at least, points)."""

    clause = Clause("Y15-3")

    tiers: Row[Row[Count]]
    once: Literal["debate"]

    @model_validator(mode="after")
    def _descending(self) -> Self:
        if not self.tiers or any(len(tier) != 2 for tier in self.tiers):
            raise ValueError("tiers are rows of two numbers: recommendations, points")
        for higher, lower in zip(self.tiers, self.tiers[1:], strict=False):
            if not (higher[0] > lower[0] and higher[1] > lower[1]):
                raise ValueError("tiers fall: fewer recommendations never earn more points")
        return self


class Awards(Section):
    """Table 1 of the ordinance; there is no award beyond it."""

    clause = Clause("Y15-3")

    join: Award
    existing: Award
    login: Award
    proposer: Award
    participant: TieredAward
    survey: Award

    def points(self, rule: str) -> int:
        """The points of a rule of table 1 with one amount; KeyError for any other name."""
        award = getattr(self, rule, None)
        if not isinstance(award, Award):
            raise KeyError(rule)
        return award.points


class SmsPrice(Section):
    """What one message (건) to one recipient costs: points to the resident, won to the office."""

    clause = Clause("Y15-4")

    points: Count
    won: Count
    max_bytes: Annotated[int, Field(ge=40, le=90)]  # cp949 bytes of one message
    longer: Literal["split", "refuse"]


class AbroadPrice(Section):
    """What one part (160 Latin letters, 70 others) of an SMS to a number abroad costs."""

    clause = Clause("Y15-4")

    points: Count
    won: Count


class FaxPrice(Section):
    """What one A4 page to one recipient costs: points to the resident, won to the office."""

    clause = Clause("Y15-4")

    points: Count
    won: Count


class Spending(Section):
    """What mileage buys."""

    clause = Clause("Y15-4")

    sms: SmsPrice
    sms_abroad: AbroadPrice | None = None  # without it nothing is sent abroad
    fax: FaxPrice


class BudgetLine(Section):
    """What the office may spend on it in a year, in won ('예산의 범위 내에서')."""

    clause = Clause("Y15-4")

    year: Annotated[int, Field(ge=2006, le=2200)]
    line: Words
    line_en: Words | None = None
    won: Annotated[int, Field(ge=0)]


class Mileage(Section):
    """Mileage: earned by table 1, spent on messages, paid from the budget."""

    clause = Clause("Y15-3")

    opening: date  # members who had joined before this day are 'existing members'
    award: Awards
    spend: Spending
    budget: Row[BudgetLine]

    @field_validator("budget")
    @classmethod
    def _one_line_a_year(cls, budget: tuple[BudgetLine, ...]) -> tuple[BudgetLine, ...]:
        if len({line.year for line in budget}) != len(budget):
            raise ValueError("there are two lines of one year")
        return budget

    def budget_of(self, year: int) -> BudgetLine | None:
        """The budget line of a calendar year; None where the council has voted none."""
        return next((line for line in self.budget if line.year == year), None)
