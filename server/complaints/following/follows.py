"""Following: a complaint that is one's own trouble too (나도 겪어요), a topic, a
place (Y12-1, Y16).

A 'me too' is no filing: it has no number and no clock, it is counted and told. How many there are
is public, who they are is nobody's business.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from server.catalogue import service as catalogue
from server.complaints.arrival.filing import word_hash
from server.complaints.following import rules as following_rules
from server.complaints.following.models import Follow, FollowMark, FollowNews, MeToo
from server.complaints.models import Complaint, Publication
from server.complaints.rules import WORD_BEGINNING_MAX as WORD_MAX
from server.complaints.rules import Place, place_words, tidy_line
from server.core import audit, clock, crypto, db, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.notifications import service as notifications

MARK_BYTES = 16
NEWS_SHOWN = 30
NEWS_KEPT = timedelta(days=30)
DIGEST_BATCH = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that an account follows: a topic by its id, or a place."""

    id: int
    topic_id: int | None
    place: Place | None
    radius_m: int | None
    daily: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A public complaint in a list of one's own."""

    number: str
    title: str
    place: str
    stage: str
    at: datetime


@transactional
async def me_too(number: str, account_id: int, *, claim: FormClaim | None = None) -> None:
    """Follow a public complaint that is one's own trouble too; again changes nothing.

    Raises NotFound where it is not public, Conflict for one's own.
    """
    if await forms.claimed(claim) is not None:
        return
    row = await Publication.get_or_none(number=number)
    if row is None:
        raise NotFound
    if await Complaint.exists(id=row.complaint_id, applicant_id=account_id):
        raise Conflict("complaint.own", N_("내가 신청한 민원입니다. 처리 소식은 늘 알려 드립니다."))
    await db.execute(
        "INSERT INTO complaint_me_too (complaint_id, account_id, at) VALUES (?, ?, ?)"
        " ON CONFLICT (complaint_id, account_id) DO NOTHING",
        [row.complaint_id, account_id, clock.now()],
    )
    await forms.settle(claim, number)


@transactional
async def not_me_too(number: str, account_id: int, *, claim: FormClaim | None = None) -> None:
    """Stop following it."""
    if await forms.claimed(claim) is not None:
        return
    await MeToo.filter(complaint__number=number, account_id=account_id).delete()
    await forms.settle(claim, number)


async def counts(complaint_ids: Collection[int]) -> dict[int, int]:
    """How many have the same trouble, by complaint; none is left out."""
    if not complaint_ids:
        return {}
    marks = ", ".join("?" for _ in complaint_ids)
    rows = await db.fetch(
        "SELECT complaint_id, count(*) AS people FROM complaint_me_too"  # noqa: S608 (marks of ours)
        f" WHERE complaint_id IN ({marks}) GROUP BY complaint_id",
        list(complaint_ids),
    )
    return {row["complaint_id"]: row["people"] for row in rows}


async def count_of(number: str) -> int:
    """How many have the same trouble."""
    return await MeToo.filter(complaint__number=number).count()


async def has(number: str, account_id: int | None) -> bool:
    """Whether the account said that it has the same trouble."""
    return account_id is not None and await MeToo.exists(
        complaint__number=number, account_id=account_id
    )


@transactional
async def follow(
    account_id: int,
    *,
    topic: str = "",
    place: Place | None = None,
    radius_m: int | None = None,
    daily: bool = True,
    claim: FormClaim | None = None,
) -> None:
    """Follow a topic (by slug) or a place. Raises Invalid naming the field, or for too many,
    Conflict for a topic followed already."""
    if await forms.claimed(claim) is not None:
        return
    if await Follow.filter(account_id=account_id).count() >= following_rules.FOLLOWS_MAX:
        sentence = N_("소식은 %(max)s곳까지 받을 수 있습니다. 안 보는 것을 먼저 빼 주세요.")
        raise Invalid("follow.many", sentence, None, max=following_rules.FOLLOWS_MAX)
    if topic:
        await _follow_topic(account_id, topic, daily=daily)
    else:
        await _follow_place(account_id, place or Place(""), radius_m, daily=daily)
    await audit.record("follow.begin", f"account:{account_id}", account_id)
    await forms.settle(claim, "")


async def _follow_topic(account_id: int, slug: str, *, daily: bool) -> None:
    topic = await catalogue.topic_by_slug(slug)
    if topic is None:
        raise Invalid("follow.topic", N_("분야를 골라 주세요."), "topic")
    if await Follow.exists(account_id=account_id, topic_id=topic.id):
        raise Conflict("follow.already", N_("이미 소식을 받고 있는 분야입니다."))
    await Follow.create(
        account_id=account_id, topic_id=topic.id, daily=daily, created_at=clock.now()
    )


async def _follow_place(
    account_id: int, place: Place, radius_m: int | None, *, daily: bool
) -> None:
    words = tidy_line(place.words)
    if not place_words(words):
        raise Invalid("follow.place", N_("어느 곳의 소식을 받을지 적어 주세요."), "place")
    if place.position is None:
        radius_m = None
        marks = {_word_mark(max(place_words(words), key=len))}
    else:
        if radius_m not in following_rules.RADII_M:
            raise Invalid("follow.radius", N_("얼마나 먼 곳까지 볼지 골라 주세요."), "radius")
        assert place.latitude is not None
        assert place.longitude is not None
        around = following_rules.squares(place.latitude, place.longitude, radius_m)
        marks = {_square_mark(each) for each in around}
    row = await Follow.create(
        account_id=account_id,
        place=words,
        position=place.position,
        radius_m=radius_m,
        daily=daily,
        created_at=clock.now(),
    )
    await FollowMark.bulk_create(FollowMark(follow_id=row.id, mark=mark) for mark in sorted(marks))


@transactional
async def unfollow(account_id: int, follow_id: int, *, claim: FormClaim | None = None) -> None:
    """Follow it no more. Raises NotFound where it is not the account's."""
    if await forms.claimed(claim) is not None:
        return
    if not await Follow.filter(id=follow_id, account_id=account_id).delete():
        raise NotFound
    await audit.record("follow.end", f"account:{account_id}", account_id)
    await forms.settle(claim, "")


async def followed(account_id: int) -> list[Followed]:
    """The topics and places that an account follows."""
    return [_followed(row) for row in await Follow.filter(account_id=account_id).order_by("id")]


async def own_me_toos(account_id: int, limit: int = NEWS_SHOWN) -> Sequence[Line]:
    """The public complaints that are the account's trouble too, the newest first."""
    rows = await MeToo.filter(account_id=account_id).order_by("-id").limit(limit)
    return await _lines({row.complaint_id: row.at for row in rows})


async def news(account_id: int, limit: int = NEWS_SHOWN) -> Sequence[Line]:
    """What following found lately, as far as it is public still."""
    rows = await FollowNews.filter(account_id=account_id).order_by("-id").limit(limit)
    return await _lines({row.complaint_id: row.at for row in rows})


@transactional
async def spread(complaint_id: int) -> int:
    """A complaint became public: put it before those who follow its topic or place; those who
    want to know at once are told. How many it reached. Again reaches nobody twice."""
    row = await Publication.get_or_none(complaint_id=complaint_id)
    complaint = await Complaint.get(id=complaint_id)
    if row is None:
        return 0
    place = Place.kept(complaint.place, complaint.position)
    reached: dict[int, bool] = {}
    for follow_row in await _candidates(row.topic_id, place):
        one = _followed(follow_row)
        fits = one.place is None or following_rules.lies_in(place, one.place, one.radius_m)
        if fits and follow_row.account_id != complaint.applicant_id:
            at_once = not one.daily or reached.get(follow_row.account_id, False)
            reached[follow_row.account_id] = at_once
    now = clock.now()
    known = FollowNews.filter(complaint_id=complaint_id, account_id__in=list(reached))
    for account_id in await known.values_list("account_id", flat=True):
        del reached[int(str(account_id))]
    await FollowNews.bulk_create(
        FollowNews(account_id=account_id, complaint_id=complaint_id, at=now, told=at_once)
        for account_id, at_once in sorted(reached.items())
    )
    told = [account_id for account_id, at_once in reached.items() if at_once]
    params = {"receipt": row.number}
    await notifications.tell(told, "follow.new", f"/complaints/{row.number}", params)
    return len(reached)


@transactional
async def moved_on(complaint_id: int, stage: str) -> None:
    """A public complaint came to a stage: tell those whose trouble it is too, unless it has gone
    on since or is public no more."""
    row = await Publication.get_or_none(complaint_id=complaint_id, stage=stage)
    if row is None:
        return
    found = await MeToo.filter(complaint_id=complaint_id).values_list("account_id", flat=True)
    kind = "follow.completed" if stage == "completed" else "follow.moved_on"
    told = [int(str(each)) for each in found]
    await notifications.tell(told, kind, f"/complaints/{row.number}", {"receipt": row.number})


async def tell_the_day() -> int:
    """Once a day: tell everybody who wants it so how much is new. How many were told."""
    before = following_rules.last_digest(clock.now())
    waiting = FollowNews.filter(told=False, at__lt=before).distinct().limit(DIGEST_BATCH)
    found = await waiting.values_list("account_id", flat=True)
    for account_id in found:
        await _tell_the_day(int(str(account_id)), before)
    return len(found)


@transactional
async def forget_old() -> int:
    """Forget news that nobody looks up any more; how many."""
    return await FollowNews.filter(at__lt=clock.now() - NEWS_KEPT).delete()


@transactional
async def _tell_the_day(account_id: int, before: datetime) -> None:
    waiting = FollowNews.filter(account_id=account_id, told=False, at__lt=before)
    ids = [int(str(each)) for each in await waiting.values_list("complaint_id", flat=True)]
    await waiting.update(told=True)
    still_public = await Publication.filter(complaint_id__in=ids).count()
    if still_public:
        params = {"count": still_public}
        await notifications.tell([account_id], "follow.digest", "/me/follows", params)


@transactional
async def forget(account_id: int) -> None:
    """The account was withdrawn: it follows nothing any more, and is counted nowhere.

    What it follows goes first: `spread` holds that while it writes news.
    """
    for model in (Follow, FollowNews, MeToo):
        await model.filter(account_id=account_id).delete()


async def _candidates(topic_id: int, place: Place) -> list[Follow]:
    """Whose following may fit: of the topic, of a square of the map, of a word of the place.
    Locked, so that nobody is found who is just leaving."""
    marks = [_word_mark(word) for word in place_words(place.words)]
    for word in place_words(place.words):
        marks += [_word_mark(word[:length]) for length in range(2, min(len(word), WORD_MAX))]
    if place.latitude is not None and place.longitude is not None:
        marks.append(_square_mark(following_rules.square(place.latitude, place.longitude)))
    found = await FollowMark.filter(mark__in=list(set(marks))).values_list("follow_id", flat=True)
    fits = Q(topic_id=topic_id)
    if ids := sorted({int(str(each)) for each in found}):
        fits |= Q(id__in=ids)
    return await Follow.filter(fits).order_by("id").select_for_update()


async def _lines(at: dict[int, datetime]) -> list[Line]:
    rows = await Publication.filter(complaint_id__in=list(at)).order_by("-complaint_id")
    return [Line(row.number, row.title, row.place, row.stage, at[row.complaint_id]) for row in rows]


def _followed(row: Follow) -> Followed:
    place = Place.kept(row.place, row.position) if row.place is not None else None
    return Followed(row.id, row.topic_id, place, row.radius_m, row.daily)


def _word_mark(word: str) -> bytes:
    return word_hash("follow " + word[:WORD_MAX])


def _square_mark(square: str) -> bytes:
    return crypto.keyed_hash("follow square", square)[:MARK_BYTES]
