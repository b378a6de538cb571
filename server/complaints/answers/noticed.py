"""What the notice of acceptance says (D6(4)): what is complete, the criteria and steps, the time it
takes, whether the place is visited, and who handles it (D31)."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.catalogue import service as catalogue
from server.complaints.showing.reading import Reading
from server.core.i18n import N_
from server.core.phrases import Phrase, say
from server.core.web import NotFound
from server.deadlines.service import period_words

APPROVED_BY = {
    "team_head": N_("팀장이 답변을 결재합니다"),
    "department_head": N_("부서장이 답변을 결재합니다"),
}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The notice in the reader's language. `papers` are those the service asks for, with whether
    it cannot do without them."""

    law: str
    period: str
    steps: Sequence[str]
    papers: Sequence[tuple[str, bool]]
    visits: bool


async def acceptance(found: Reading) -> Acceptance:
    """The notice of an accepted complaint. Raises NotFound before acceptance."""
    if found.accepted_at is None:
        raise NotFound
    kind = await catalogue.kind_by_slug(found.kind_slug, found.accepted_at)
    if kind is None:
        raise NotFound
    approvals = [APPROVED_BY[each] for each in kind.approvals if each in APPROVED_BY]
    steps = [
        N_("담당 부서가 내용과 현장을 살펴봅니다"),
        N_("담당자가 처리하고 답변을 씁니다"),
        *approvals,
        N_("결과를 문서로 알려 드립니다"),
    ]
    return Acceptance(
        kind.law,
        say(period_words(kind.period)),
        [say(Phrase(step)) for step in steps],
        [(paper.name, paper.required) for paper in kind.papers],
        bool(found.place.words),
    )
