"""What happens in the demo and when: every act of the written district as an event in time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from server.complaints import service as complaints
from server.core import clock
from server.core.forms import FormClaim
from server.core.web import Actor
from server.demo import days, pictures
from server.demo.written import Complaint, District, Official
from server.examining import service as examining
from server.payments import service as payments

UNSEEN = frozenset({"memo", "rate", "remind", "post", "lapse"})
"""Acts that stand beside a case: no step of its timeline, no version of it."""

NAMESPACE = UUID("3f0d7c52-9a41-4e51-8a70-7a3f6c1f2d10")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is done at a moment, through the door that somebody would have used."""

    at: datetime
    act: Callable[[], Awaitable[None]]


def claim(name: str) -> FormClaim:
    """The form of one act of the demo: an interrupted filling goes on and does nothing twice."""
    return FormClaim("demo", "demo", uuid5(NAMESPACE, name), b"demo")


class Cast:
    """Who acts: accounts by login, departments by slug."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.accounts: dict[str, int] = {}
        self.departments: dict[str, int] = {}
        self.receipts: dict[str, str] = {}
        self._officials = {one.login: one for one in district.official}
        self._visits: Counter[str] = Counter()

    def visit(self, scene: str) -> int:
        """How many photographs of the scene have been taken before."""
        self._visits[scene] += 1
        return self._visits[scene] - 1

    def official(self, login: str) -> Actor:
        """An official as a request would know them."""
        one: Official = self._officials[login]
        return Actor(
            account_id=self.accounts[login],
            kind="official",
            roles=frozenset(one.roles),
            department_id=self.departments[one.department],
            name=one.name,
        )

    def resident(self, login: str) -> Actor:
        """A resident as a request would know them."""
        return Actor(account_id=self.accounts[login], kind="resident")


class Story:
    """One complaint: filed by a resident, then its steps."""

    def __init__(self, number: int, written: Complaint, cast: Cast, now: datetime) -> None:
        self.name = f"complaint {number}"
        self.written = written
        self.cast = cast
        self.now = now
        self.receipt = ""
        self.version = 1
        self.handler: str | None = None

    def events(self) -> Iterator[Event]:
        """Its events that are over by now."""
        filed = self._filed_at()
        if filed < self.now:
            yield Event(filed, self._file)
        day = filed.date()
        while not days.is_working(day):
            day += timedelta(days=1)
        for place, (after, hour, act, *words) in enumerate(self.written.steps, 1):
            at = days.at(days.moved(day, after), hour)
            if at < self.now:
                yield Event(at, self._step(place, act, words))

    def _filed_at(self) -> datetime:
        if isinstance(self.written.filed, str):
            return self.now - days.ago(self.written.filed)
        today = days.last_over(self.now.date())
        return days.at(days.moved(today, -self.written.filed), self.written.time)

    async def _file(self) -> None:
        one = self.written
        owner = self.cast.accounts[one.by]
        photos = [
            await complaints.stage(f"account:{owner}", await self._taken(name))
            for name in one.photos
        ]
        place = complaints.Place(one.place, *one.at)
        filing = complaints.Filing(
            one.topic,
            one.title,
            one.body,
            place,
            photos,
            one.public,
            "letter" if one.address else "app",
            service=one.service,
            address=one.address,
            on_behalf=self._principal(),
        )
        self.receipt = await complaints.file(owner, filing, claim(self.name))
        if one.key:
            self.cast.receipts[one.key] = self.receipt

    def _principal(self) -> complaints.ForWhom | None:
        """For whom it is filed, who consented on that day."""
        who = self.written.on_behalf
        if who is None:
            return None
        return complaints.ForWhom(
            who.name,
            address=who.address,
            relation=who.relation,
            consent=who.consent,
            consented_on=clock.today(),
            declared=True,
            tell_by="letter",
        )

    async def _taken(self, scene: str) -> BytesIO:
        """A photograph of the scene, drawn beside the event loop."""
        visit = self.cast.visit(scene)
        return BytesIO(await asyncio.to_thread(pictures.photograph, scene, visit))

    def _step(self, place: int, act: str, words: list[Any]) -> Callable[[], Awaitable[None]]:
        async def step() -> None:
            before = self.version
            self.version += act not in UNSEEN
            form = claim(f"{self.name} step {place}")
            await getattr(self, f"_{act}")(*words, version=before, claim=form)

        return step

    # Acts, by the words of the file

    def _worker(self) -> Actor:
        return self.cast.official(self.handler or "official")

    async def _accept(self, kind: str, **form: Any) -> None:
        await complaints.accept(self.receipt, self.cast.official("official"), kind, **form)

    async def _assign(self, department: str, handler: str, **form: Any) -> None:
        self.handler = handler
        await complaints.assign(
            self.receipt,
            self.cast.official("official"),
            self.cast.departments[department],
            self.cast.accounts[handler],
            **form,
        )

    async def _note(self, step: str, text: str, **form: Any) -> None:
        await complaints.note(self.receipt, self._worker(), step, text, **form)

    async def _ask(self, period: int, text: str, **form: Any) -> None:
        await complaints.ask_supplement(self.receipt, self._worker(), text, period, **form)

    async def _give(self, text: str, *, version: int, **form: Any) -> None:  # noqa: ARG002
        owner = self.cast.resident(self.written.by)
        await complaints.give_supplement(self.receipt, owner, complaints.More(text), **form)

    async def _undelivered(self, **form: Any) -> None:
        await complaints.record_undelivered(self.receipt, self._worker(), **form)

    async def _deem(self, **form: Any) -> None:
        await complaints.deem_withdrawn(self.receipt, self._worker(), **form)

    async def _post(self, *, version: int, **form: Any) -> None:  # noqa: ARG002
        await complaints.post_letters(self.receipt, self.cast.official("official"), **form)

    async def _lapse(self, *, version: int, claim: FormClaim) -> None:  # noqa: ARG002
        await payments.lapse_unpaid()

    async def _extend(self, cause: str, text: str, days_off: int, **form: Any) -> None:
        until = days.moved(clock.today(), days_off)
        await complaints.extend(self.receipt, self._worker(), cause, text, until, **form)

    async def _consent(self, cause: str, text: str, days_off: int, **form: Any) -> None:
        until = days.moved(clock.today(), days_off)
        await complaints.ask_consent(self.receipt, self._worker(), cause, text, until, **form)

    async def _done(self, text: str, **form: Any) -> None:
        await self._complete(complaints.Result("done", text), form)

    async def _partly(self, text: str, reasons: str, remedies: str, **form: Any) -> None:
        await self._complete(complaints.Result("partly", text, reasons, remedies), form)

    async def _refused(self, text: str, reasons: str, remedies: str, **form: Any) -> None:
        await self._complete(complaints.Result("not_accepted", text, reasons, remedies), form)

    async def _returned(self, text: str, reasons: str, **form: Any) -> None:
        await self._complete(complaints.Result("returned", text, reasons), form)

    async def _not_handled(self, text: str, ground: str, reasons: str, **form: Any) -> None:
        result = complaints.Result("not_handled", text, reasons, ground=ground)
        await self._complete(result, form)

    async def _denied(self, text: str, reasons: str, remedies: str, **form: Any) -> None:
        await self._complete(complaints.Result("refused", text, reasons, remedies), form)

    async def _cooperate(self, department: str, text: str, days_off: int, **form: Any) -> None:
        until = days.moved(clock.today(), days_off)
        asked = self.cast.departments[department]
        await complaints.ask_cooperation(self.receipt, self._worker(), asked, text, until, **form)

    async def _inquire(self, text: str, **form: Any) -> None:
        await complaints.begin_inquiry(self.receipt, self._worker(), text, **form)

    async def _transfer(self, agency: str, reasons: str, **form: Any) -> None:
        official = self.cast.official("official")
        await complaints.transfer(self.receipt, official, agency, reasons, **form)

    async def _merge(self, keys: list[str], **form: Any) -> None:
        others = [self.cast.receipts[key] for key in keys]
        await complaints.merge(self.receipt, self.cast.official("official"), others, **form)

    async def _represent(self, people: list[list[str]], *, version: int, **form: Any) -> None:  # noqa: ARG002
        owner = self.cast.resident(self.written.by)
        signers = [complaints.Signer(name, contact) for name, contact in people]
        await complaints.represent(self.receipt, owner, signers, **form)

    async def _memo(self, login: str, text: str, *, version: int, **form: Any) -> None:  # noqa: ARG002
        await complaints.write_memo(self.receipt, self.cast.official(login), text, **form)

    async def _object(self, text: str, *, version: int, **form: Any) -> None:  # noqa: ARG002
        owner = self.cast.resident(self.written.by)
        await complaints.object_to(self.receipt, owner, text, **form)

    async def _rate(self, score: int, word: str, *, version: int, **form: Any) -> None:  # noqa: ARG002
        owner = self.cast.resident(self.written.by)
        await complaints.rate(self.receipt, owner, score, word, **form)

    async def _remind(self, text: str, *, version: int, **form: Any) -> None:  # noqa: ARG002
        await examining.remind([self.receipt], text, self.cast.official("examiner"), **form)

    async def _complete(self, result: complaints.Result, form: dict[str, Any]) -> None:
        await complaints.complete(self.receipt, self._worker(), result, **form)

    async def _withdraw(self, *, version: int, **form: Any) -> None:  # noqa: ARG002
        await complaints.withdraw(self.receipt, self.cast.resident(self.written.by), **form)
