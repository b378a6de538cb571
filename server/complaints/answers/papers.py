"""A complaint's papers: the receipt (Act 9), the notice of acceptance (D6(4)), the result (Act 27).

Each names department, handler and telephone (D31) and stands in its reader's language; what the
office wrote stays as it was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.complaints.answers import noticed
from server.complaints.handling import paying
from server.complaints.showing.reading import Reading, named
from server.complaints.showing.timeline import Told
from server.core import i18n
from server.core.i18n import N_, gettext
from server.core.phrases import Phrase, say
from server.core.web import NotFound
from server.documents.service import KINDS, Fact, Paper, Section
from server.notifications import service as notifications
from server.ordinance import service as ordinance
from server.payments import service as payments

REMEDY = N_(
    "이 결과에 이의가 있으면 담당 부서에 이의를 말씀하시거나, 국민권익위원회(국번 없이 110)에 "
    "고충민원을 낼 수 있습니다."
)


COMPLETED, ACCEPTED = "complaint.completed", "complaint.accepted"
WEIGHTIEST = {"result": COMPLETED, "acceptance": ACCEPTED}


async def paper(kind: str, found: Reading) -> Paper:
    """The paper of that kind as its reader may have it. Raises NotFound where there is none yet."""
    with i18n.dated_in_full():
        match kind:
            case "receipt":
                return _paper(kind, found, _receipt_sections(found))
            case "acceptance":
                return _paper(kind, found, await _acceptance_sections(found))
            case "result" if found.answer is not None:
                return _paper(kind, found, _result_sections(found))
    raise NotFound


def remedy() -> str:
    """What whoever does not accept a result may do, where the answer itself names nothing."""
    return gettext(REMEDY)


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news of a letter: its kind (`complaint.completed` and so on), and the step that
    was done and told."""

    kind: str
    step: Told | None


async def letter(notices: Sequence[Notice], found: Reading, address: str | None) -> Paper:
    """What is sent by post, with the name and address that an envelope's window shows: the result
    first where it is told, then all the other news in the order of time."""
    kinds = {each.kind for each in notices}
    charge = await paying.due_of(found.number) if kinds & paying.ASKING else None
    if charge is None:
        notices = [each for each in notices if each.kind != paying.SHORT]
    weightiest = "notice"
    if COMPLETED in kinds and found.answer is not None:
        weightiest = "result"
    elif ACCEPTED in kinds:
        weightiest = "acceptance"
    with i18n.dated_in_full():
        sections: list[Section] = []
        for each in notices:
            if each.kind == WEIGHTIEST.get(weightiest):
                made = await paper(weightiest, found)
                sections = [*made.sections, *sections]
            elif each.kind == ACCEPTED:
                sections.append(await _acceptance_in_short(found, each))
            else:
                section = _notice_section(each, dated=len(notices) > 1)
                if charge is not None and each.kind in paying.ASKING:
                    section = _with_fee(section, charge)
                sections.append(section)
        made = _paper(weightiest, found, sections)
    who = found.applicant
    assert who is not None
    lines = (*_lines(address or ""), gettext(N_("%(name)s 님"), name=who.name))
    return _addressed(made, lines)


def _paper(kind: str, found: Reading, sections: Sequence[Section]) -> Paper:
    district = ordinance.profile().district
    assert found.applicant is not None
    return Paper(
        kind=kind,
        number=found.number,
        language=i18n.locale(),
        title=gettext(KINDS[kind]),
        office=named(district.office, district.office_en),
        facts=tuple(_facts(found)),
        sections=tuple(sections),
        contact=tuple(_contact(found)),
        sender=named(district.mayor, district.mayor_en),
        department=named(found.department.name, found.department.name_en)
        if found.department
        else named(district.office, district.office_en),
    )


def _addressed(made: Paper, lines: tuple[str, ...]) -> Paper:
    return Paper(
        **{name: getattr(made, name) for name in Paper.__slots__ if name != "addressee"},
        addressee=lines,
    )


def _facts(found: Reading) -> list[Fact]:
    assert found.applicant is not None
    number = N_("접수번호") if found.accepted_at else N_("신청번호")
    facts = [
        (gettext(number), found.number),
        (gettext(N_("민원인")), found.applicant.name),
        (gettext(N_("제목")), found.title),
        (gettext(N_("신청한 때")), i18n.datetime_text(found.filed_at)),
    ]
    if found.accepted_at is not None:
        facts.append((gettext(N_("접수한 때")), i18n.datetime_text(found.accepted_at)))
    if found.kind is not None:
        facts.append((gettext(N_("민원 종류")), found.kind))
    return facts


def _contact(found: Reading) -> list[Fact]:
    """Department, handler, telephone (D31), and where the office is."""
    district = ordinance.profile().district
    facts: list[Fact] = []
    if found.department is not None:
        department = named(found.department.name, found.department.name_en)
        facts.append((gettext(N_("부서")), department))
    if found.handler is not None:
        facts.append((gettext(N_("담당자")), found.handler))
    phone = found.department.phone if found.department else district.phone
    facts.append((gettext(N_("전화")), phone))
    facts.append((gettext(N_("주소")), named(district.address, district.address_en)))
    return facts


def _receipt_sections(found: Reading) -> list[Section]:
    if found.accepted_at is None:
        until = i18n.datetime_text(found.accept_by)
        text = gettext(N_("%(when)s까지 접수하고 처리 기한을 알려 드립니다."), when=until)
    else:
        text = gettext(N_("민원을 접수했습니다."))
    sections = [Section(gettext(N_("접수")), text)]
    if found.deadline is not None:
        sections.append(_deadline_section(found))
    sections.append(Section(gettext(N_("신청한 내용")), found.body))
    return sections


async def _acceptance_sections(found: Reading) -> list[Section]:
    told = await noticed.acceptance(found)
    received = [gettext(N_("신청서와 적어 주신 내용을 모두 받았습니다."))]
    received += [f"- {name}" for name, _ in told.papers]
    steps = [f"{place}. {words}" for place, words in enumerate(told.steps, 1)]
    visits = (
        N_("적어 주신 곳을 담당자가 찾아가 볼 수 있습니다. 만나야 할 때는 먼저 연락드립니다.")
        if told.visits
        else N_("현장 방문은 필요하지 않을 것으로 봅니다. 필요해지면 먼저 연락드립니다.")
    )
    criteria = gettext(N_("기준: %(law)s"), law=told.law)
    return [
        Section(gettext(N_("갖춰진 것")), "\n".join(received)),
        Section(gettext(N_("처리 기준과 절차")), "\n".join([criteria, *steps])),
        _deadline_section(found),
        Section(gettext(N_("현장 방문")), gettext(visits)),
    ]


def _deadline_section(found: Reading) -> Section:
    """Until when, and why then."""
    assert found.deadline is not None
    explanation = found.deadline.explanation
    lines = (explanation.title, explanation.sentence, *explanation.notes)
    return Section(gettext(N_("처리 기한")), "\n".join(say(line) for line in lines))


def _result_sections(found: Reading) -> list[Section]:
    answer = found.answer
    assert answer is not None
    sections = [
        Section(gettext(N_("처리 결과")), f"{gettext(answer.outcome)}\n\n{answer.text}"),
    ]
    if answer.ground:
        sections.append(Section(gettext(N_("처리 제외 사유")), gettext(answer.ground)))
    if answer.reasons:
        sections.append(Section(gettext(N_("이유")), answer.reasons))
    sections.append(Section(gettext(N_("받아들이기 어려우면")), answer.remedies or remedy()))
    return sections


def _notice_section(notice: Notice, *, dated: bool) -> Section:
    title, step = notifications.title_of(notice.kind), notice.step
    if step is None or notice.kind == paying.SHORT:  # the bank's affair, no step of the case
        return Section(title, "")
    words = say(step.phrase) if isinstance(step.phrase, Phrase) else ""
    if dated:
        words = f"{i18n.date_text(step.at)}\n{words}"
    return Section(title, f"{words}\n\n{step.text}" if step.text else words)


def _with_fee(section: Section, charge: payments.Charge) -> Section:
    """News that asks for a fee says how much is to be paid now, and where."""
    to = ordinance.profile().payments
    won = i18n.number_text(charge.to_pay)
    facts = [
        (N_("더 내실 돈") if charge.paid_won else N_("내실 돈"), gettext(N_("%(won)s원"), won=won)),
        (N_("은행"), named(to.bank, to.bank_en)),
        (N_("계좌번호"), to.account),
        (N_("예금주"), to.holder),
        (N_("보내는 사람 표시"), charge.shown),
        (N_("기한"), i18n.date_text(charge.pay_by)),
    ]
    lines = "\n".join(f"{gettext(name)}: {value}" for name, value in facts)
    return Section(section.title, f"{section.text}\n\n{lines}".strip())


async def _acceptance_in_short(found: Reading, notice: Notice) -> Section:
    """The notice of acceptance as one paragraph of a letter that tells the result as well."""
    sections = await _acceptance_sections(found)
    lines = [f"{each.title}\n{each.text}" for each in sections]
    if notice.step is not None:
        lines.insert(0, i18n.date_text(notice.step.at))
    return Section(notifications.title_of(notice.kind), "\n\n".join(lines))


def _lines(address: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in address.splitlines() if line.strip())
