"""Nothing that points at a person is posted by mistake: public texts are looked through before
they are written, and come back with what was found (Y22-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from server.accounts import service as accounts
from server.complaints.disclosure import guard_rules
from server.complaints.models import Complaint
from server.core import clock
from server.core.forms import Form
from server.core.i18n import N_, gettext
from server.core.web import Invalid, Problem

AROUND_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Marked:
    """A number as it stands in its text, with a little of what is around it."""

    what: str
    before: str
    number: str
    after: str


class Telltale(Invalid):
    """A text meant for everybody holds numbers that point at a person. `found` by field."""

    def __init__(self, found: Mapping[str, Sequence[Marked]]) -> None:
        super().__init__(
            "complaint.telltale",
            N_("모두가 보는 글에 개인을 알아볼 수 있는 번호가 있습니다."),
            next(iter(found)),
        )
        self.found = found


class GuardedForm(Form):
    """A form with texts that everybody will read. `found` are the numbers they were refused for,
    by field, to be marked."""

    found: Mapping[str, Sequence[Marked]] = MappingProxyType({})

    def complain(self, problem: Problem) -> None:
        """As all forms; and beside each field what was found in it."""
        if not isinstance(problem, Telltale):
            super().complain(problem)
            return
        self.found = problem.found
        for name, marks in problem.found.items():
            what = ", ".join(dict.fromkeys(gettext(mark.what) for mark in marks))
            words = gettext(N_("%(what)s로 보이는 것이 있습니다. 지우거나 바꿔 주세요."), what=what)
            if name in self:
                self[name].errors = [*self[name].errors, words]
            else:
                self.form_errors.append(words)


async def check(texts: Mapping[str, str]) -> None:
    """Look through texts, by the field they stand in. Raises Telltale."""
    keep = await office_telephones()
    found = {
        name: [_marked(text, each) for each in places]
        for name, text in texts.items()
        if (places := guard_rules.find(text, keep, clock.today()))
    }
    if found:
        raise Telltale(found)


async def check_office(
    complaint: Complaint, texts: Mapping[str, str], *, covered: bool = False
) -> None:
    """Look through what an official writes where everybody will read it. Raises Telltale.

    `covered`: the official has seen it, and wants it covered for all but the applicant.
    """
    if complaint.public and not covered:
        await check(texts)


async def office_telephones() -> Sequence[str]:
    """Numbers that are meant to be read."""
    return [dept.phone for dept in await accounts.departments(every=True)]


def _marked(text: str, found: guard_rules.Finding) -> Marked:
    return Marked(
        guard_rules.WORDS[found.what],
        text[max(0, found.begins - AROUND_LETTERS) : found.begins],
        text[found.begins : found.ends],
        text[found.ends : found.ends + AROUND_LETTERS],
    )
