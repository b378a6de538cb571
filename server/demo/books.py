"""What the demo's officials do with mileage: the old system's members, and two corrections."""

from collections.abc import Iterator
from datetime import datetime

from server.accounts import service as accounts
from server.bookkeeping import service as bookkeeping
from server.demo import days
from server.demo.stories import Cast, Event, claim
from server.demo.written import Resident

PROPOSER, APPROVER = "informatics", "admin"
MISSING = "지난달 설문에 참여하셨으나 점수가 들어가지 않아 더합니다."
TWICE = "같은 날 로그인 점수가 두 번 들어간 것을 뺍니다."


async def members(cast: Cast) -> None:
    """The list of the homepage before this one: one who has joined anew since, and two who have
    not."""
    joined = [one for one in cast.district.resident if one.verified is not None][1:2]
    lines = [f"old-{one.login},{one.name},{one.born},2004-05-17" for one in joined]
    lines += ["old-gil,고길동,1951-08-08,2003-11-02", "old-na,나영숙,1963-02-28,2009-06-30"]
    text = "\n".join(["아이디,이름,생년월일,가입일", *lines, ""])
    admin = cast.accounts[APPROVER]
    brought = await accounts.bring_members(text.encode(), admin, claim=claim("members"))
    await accounts.confirm_members(brought, admin, claim=claim("members counted"))


def corrections(cast: Cast, now: datetime) -> Iterator[Event]:
    """One that two officials have made, and one that waits for the second of them."""
    verified = [one for one in cast.district.resident if one.verified is not None]
    today = days.last_over(now.date())
    first, second = (_Correction(one, cast) for one in verified[1:3])
    yield Event(days.at(today, "14:10"), first.propose_missing)
    yield Event(days.at(today, "15:30"), first.approve)
    yield Event(days.at(today, "16:45"), second.propose_twice)


class _Correction:
    """One correction, from its proposal to its approval."""

    def __init__(self, resident: Resident, cast: Cast) -> None:
        self.resident = resident
        self.cast = cast
        self.number = 0

    async def propose_missing(self) -> None:
        await self._propose(200, MISSING)

    async def propose_twice(self) -> None:
        await self._propose(-30, TWICE)

    async def _propose(self, points: int, reason: str) -> None:
        login = self.resident.login
        form = claim(f"correction {login}")
        official = self.cast.accounts[PROPOSER]
        self.number = await bookkeeping.propose(official, login, points, reason, claim=form)

    async def approve(self) -> None:
        form = claim(f"approval {self.resident.login}")
        official = self.cast.accounts[APPROVER]
        await bookkeeping.decide(self.number, official, approved=True, claim=form)
