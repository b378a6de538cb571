"""What every table of a profile is made of: typed keys, each tied to the clause it carries out."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class Clause:
    """The clause that a key carries out, in Yeongdeungpo's numbering and in Osan's."""

    yeongdeungpo: str | None
    osan: str | None = None

    def named(self, numbering: str) -> str | None:
        """The clause in the numbering "Y" or "O"; None where that ordinance has none."""
        return self.osan if numbering == "O" else self.yeongdeungpo


def _row(value: object) -> object:
    # TOML has arrays, a frozen profile holds tuples; anything else is left for pydantic to refuse.
    return tuple(value) if isinstance(value, list) else value


type Row[T] = Annotated[tuple[T, ...], BeforeValidator(_row)]
type Count = Annotated[int, Field(gt=0)]
type Words = Annotated[str, Field(min_length=1)]
type Phone = Annotated[str, Field(pattern=r"^0\d{1,2}-\d{3,4}-\d{4}$")]
type Period = Annotated[str, Field(pattern=r"^(immediate|[1-9]\d{0,2}[dwmy])$")]
type Approver = Literal["handler", "team_head", "department_head"]
type Kind = Literal[
    "application", "statute_inquiry", "procedure_inquiry", "proposal", "grievance", "other"
]


class Section(BaseModel):
    """A table of the profile: unknown keys and wrong types are refused, nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    clause: ClassVar[Clause | None] = None
