"""Puts what the services read into the shape the templates' macros want."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from quart import request

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import rules, service
from server.complaints.arrival import asking
from server.complaints.arrival.filing import Filing
from server.complaints.arrival.forms import FilingForm, SupplementForm, WithPhotos
from server.complaints.arrival.similar import Similar, similar_to
from server.complaints.behalf import principals
from server.complaints.following import follows
from server.complaints.handling import paying, under_way
from server.complaints.redress import reading as redress_reading
from server.complaints.showing.reading import Deadline, Reading, named
from server.complaints.showing.timeline import Reader, Told
from server.complaints.workflow import ENDED, State
from server.core import clock, i18n, ids
from server.core.i18n import N_
from server.core.phrases import Phrase, say
from server.core.web import Invalid, Problem, actor, render
from server.deadlines.service import Counting, DayCell, Urgency

TOO_MANY: Final = "complaint.photos"
SHARED_SECONDS: Final = 0.5
"""How long an anonymous reader may be shown a shared answer (`cache=`)."""

STATES: Final = {
    State.ARRIVED: (N_("접수 전"), "grey"),
    State.AWAITING_PAYMENT: (N_("수수료를 기다립니다"), "amber"),
    State.ACCEPTED: (N_("접수했습니다"), "blue"),
    State.ASSIGNED: (N_("처리 중"), "blue"),
    State.IN_PROGRESS: (N_("처리 중"), "blue"),
    State.COOPERATION: (N_("다른 부서와 협조 중"), "blue"),
    State.SUPPLEMENT: (N_("보완을 기다립니다"), "amber"),
    State.INQUIRY: (N_("현장 조사 중"), "blue"),
    State.AWAITING_APPROVAL: (N_("결재 중"), "blue"),
    State.COMPLETED: (N_("처리 완료"), "green"),
    State.WITHDRAWN: (N_("취하"), "grey"),
    State.DEEMED_WITHDRAWN: (N_("취하로 봄"), "grey"),
    State.TRANSFERRED: (N_("다른 기관으로 이송"), "grey"),
    State.LAPSED: (N_("수수료를 내지 않아 끝남"), "grey"),
    State.MERGED: (N_("다른 민원과 병합"), "grey"),
}
STAGE_TONES: Final = {"received": "grey", "handling": "blue", "completed": "green"}
URGENCY_TONES: Final = {
    Urgency.LATE: "red",
    Urgency.SOON: "amber",
    Urgency.IN_TIME: "green",
    Urgency.STILL: "grey",
    Urgency.OVER: "grey",
}


def chip(state: State) -> tuple[str, str]:
    """A state in a word, and its tone."""
    words, tone = STATES[state]
    return i18n.gettext(words), tone


async def gone_everywhere() -> None:
    """Wait until no process can still show a shared answer made before now: when the applicant
    reads that it is closed, it is closed to all (Y12-1)."""
    await asyncio.sleep(SHARED_SECONDS)


async def public_list(query: str, before: int | None) -> str:
    """The public list by topic, stage and words."""
    topics = await catalogue.topics()
    slug = request.args.get("topic")
    chosen = next((each for each in topics if each.slug == slug), None)
    stage = request.args.get("stage")
    stage = stage if stage in rules.STAGES else None
    found = await service.public_list(
        topic_id=chosen.id if chosen else None, stage=stage, query=query, before=before
    )
    kept = {"q": query or None, "topic": chosen.slug if chosen else None, "stage": stage}
    return await render(
        "complaints/list.html",
        items=found.items,
        people=await follows.counts([each.id for each in found.items]),
        older=found.older,
        kept=kept,
        misread=ids.looks_like_receipt(query),
        before=before,
        topics=topics,
        names={each.id: each.name for each in topics},
        departments=await department_names(),
        stages={code: i18n.gettext(words) for code, words in rules.STAGES.items()},
        tones=STAGE_TONES,
    )


async def department_names() -> dict[int, str]:
    """Every department's name in the reader's language."""
    return {
        each.id: named(each.name, each.name_en) for each in await accounts.departments(every=True)
    }


async def filing(
    form: FilingForm,
    staged: Sequence[UUID],
    *,
    chosen: str | None = None,
    alike: Sequence[Similar] = (),
) -> str:
    """The form to file, with what was typed and the photos already kept; `alike` are complaints
    that may be the same."""
    topics = await catalogue.topics()
    form.offer(topics, chosen)
    wanted = await catalogue.kind_by_slug(form.service.data) if form.service.data else None
    return await render(
        "complaints/new.html",
        form=form,
        staged=staged,
        topics=topics,
        wanted=wanted,
        asked=asking.asked(form, wanted),
        papers=asking.papers(form),
        alike=alike,
        stages=rules.STAGES,
        photos_max=rules.PHOTOS_MAX,
    )


async def alike(filing: Filing) -> Sequence[Similar]:
    """Public complaints that may be the same."""
    return await similar_to(filing.topic, filing.title, filing.place)


async def more(
    found: Reading,
    form: SupplementForm,
    staged: Sequence[UUID],
    address: str,
) -> str:
    """The form for more of the applicant: `address` is supplement or add."""
    asked = [step for step in found.steps if step.action == "ask_supplement"]
    return await render(
        "complaints/supplement.html",
        c=found,
        form=form,
        staged=staged,
        address=address,
        asked=asked[-1:] if address == "supplement" else (),
        photos_max=rules.PHOTOS_MAX,
    )


def known_number(number: str) -> str:
    """The number as we write it. Raises Problem 404 that helps where its check digit is wrong."""
    known = ids.parse_receipt(number)
    if known is None:
        sentence = N_(
            "접수번호를 다시 확인해 주세요. 2611-000427-7처럼 네 자리, 여섯 자리, 한 자리입니다. "
            "마지막 자리는 잘못 적은 숫자를 찾아 줍니다."
        )
        raise Problem("complaint.number", sentence, 404)
    return known


async def stage_photos(owner: str, form: WithPhotos) -> tuple[list[UUID], list[Problem]]:
    """Keep the form's photos: those kept before, and the new ones; with what was refused and
    why. One bad photo takes no other with it."""
    staged = await service.still_staged(owner, form.kept_keys)
    faults: list[Problem] = []
    for place, file in enumerate(form.new_photos, 1):
        if len(staged) >= rules.PHOTOS_MAX:
            sentence = N_(
                "사진은 %(max)s장까지 올릴 수 있습니다. 앞의 %(max)s장만 담아 두었습니다."
            )
            most = rules.PHOTOS_MAX
            faults.append(Invalid(TOO_MANY, sentence, "photos", max=most, place=place))
            break
        try:
            staged.append(await service.stage(owner, file.stream))
        except Problem as refused:
            faults.append(_which(refused, place, file.filename))
    return staged, faults


def places_left(faults: Sequence[Problem], sent: int) -> list[int]:
    """The places, from 0, of the new photos that were refused, or not looked at any more."""
    left: set[int] = set()
    for fault in faults:
        place = int(fault.params["place"]) - 1
        left |= {place} if fault.code != TOO_MANY else set(range(place, sent))
    return sorted(left)


def _which(refused: Problem, place: int, name: str) -> Problem:
    """The refusal of a photo, saying which."""
    return Problem(
        refused.code,
        N_("%(place)s번째 사진 %(name)s: %(why)s"),
        refused.status,
        "photos",
        place=place,
        name=name,
        why=refused.text(),
    )


async def complaint(found: Reading) -> str:
    """The page of one complaint for the public or its applicant."""
    reader = actor()
    mine = found.reader is Reader.APPLICANT
    return await render(
        "complaints/complaint.html",
        c=found,
        behind=await redress_reading.behind(found.number),
        redress=await redress_reading.of(found.number, reader) if mine else None,
        people=await follows.count_of(found.number),
        mine_too=await follows.has(found.number, reader.account_id),
        opened=reader.opened == found.number,
        way=await under_way.for_applicant(found.number) if mine else None,
        principal=await principals.of(found.number) if mine else None,
        fee=await paying.to_pay(found.number) if found.state is State.AWAITING_PAYMENT else None,
        **parts(found),
    )


def parts(found: Reading) -> dict[str, Any]:
    """What the pages of a complaint show beside its words: state, steps, deadline, photos."""
    base = f"/complaints/{found.number}"
    return {
        "chip": chip(found.state),
        "timeline": timeline_items(found),
        "deadline": deadline_part(found.deadline) if found.deadline else None,
        "photos": [
            {
                "full": f"{base}/photos/{photo.number}",
                "thumb": f"{base}/photos/{photo.number}/thumb",
                "alt": photo.caption or i18n.gettext(N_("사진 %(number)s"), number=photo.number),
                "caption": photo.caption,
            }
            for photo in found.photos
        ],
        "department": department_part(found),
        "mine": found.reader is Reader.APPLICANT,
        "ended": found.state in ENDED,
        "acts": frozenset(str(act) for act in found.acts),
    }


def department_part(found: Reading) -> dict[str, Any] | None:
    """Who provides it: name and telephone of the department (Y5-2)."""
    if found.department is None:
        return None
    return {
        "name": named(found.department.name, found.department.name_en),
        "phone": found.department.phone,
    }


def timeline_items(found: Reading) -> list[dict[str, Any]]:
    """The steps for the macro: what was done, the last being now, and the result to come."""
    items = [_step(step) for step in found.steps]
    if found.state in ENDED:
        return items
    items[-1]["state"] = "now"
    if found.state is State.ARRIVED:
        items.append(_to_come(N_("접수")))
    return [*items, _to_come(N_("처리 결과"))]


def _step(step: Told) -> dict[str, Any]:
    who = " ".join(say(each) if isinstance(each, Phrase) else each for each in step.who)
    meta = f"{i18n.datetime_text(step.at)} · {who}" if who else i18n.datetime_text(step.at)
    return {
        "title": say(step.phrase),
        "meta": meta,
        "body": step.text,
        "state": "done",
        "version": step.version,
    }


def _to_come(words: str) -> dict[str, Any]:
    return {"title": i18n.gettext(words), "meta": None, "body": None, "state": "todo"}


def deadline_part(deadline: Deadline) -> dict[str, Any]:
    """The due date as heading, sentence, notes and days."""
    explanation, today = deadline.explanation, clock.today()
    left = say(deadline.left.words), URGENCY_TONES[deadline.left.urgency]
    if deadline.stands_still:
        left = i18n.gettext(N_("멈춰 있음")), "grey"
    return {
        "title": say(explanation.title),
        "left": left,
        "sentence": say(explanation.sentence),
        "notes": [say(note) for note in explanation.notes],
        "holidays": [
            (i18n.date_text(cell.day), cell.name) for cell in explanation.days if cell.name
        ],
        "days": [_day(cell, today) for cell in explanation.days],
        "hidden": explanation.days_hidden,
        "stands_still": deadline.stands_still,
    }


def _day(cell: DayCell, today: Any) -> dict[str, Any]:
    if cell.counting in {Counting.OFF, Counting.OUT}:
        state = "off"
    elif cell.counting is Counting.DUE:
        state = "due"
    else:
        state = "past" if cell.day <= today else "open"
    return {
        "weekday": i18n.WEEKDAYS[i18n.locale()][cell.day.weekday()],
        "day": cell.day.day,
        "label": say(cell.label),
        "state": state,
    }
