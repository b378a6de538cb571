"""The district's rule as the other slices ask for it: the profile in force on a day (Y25)."""

from datetime import date
from pathlib import Path

from server.core import clock
from server.ordinance import clauses
from server.ordinance.clauses import DutiesOfChapter, Duty
from server.ordinance.loading import Edition, ProfileError, load, path_of
from server.ordinance.profile import FairUse, Profile
from server.ordinance.texts import Chapter

__all__ = [
    "Edition",
    "FairUse",
    "Profile",
    "ProfileError",
    "duties",
    "duty",
    "editions",
    "profile",
    "text",
    "use",
]

_in_use: tuple[Edition, ...] = ()


def use(name: str | Path) -> Profile:
    """Load the profile of this process by slug ("yeongdeungpo", "osan") or path to a TOML file.

    Called once at start; ProfileError names file, key and clause of what is wrong, and the
    profile used before stays. Answers the profile in force today.
    """
    global _in_use
    _in_use = load(path_of(str(name)))
    return profile()


def editions() -> tuple[Edition, ...]:
    """Every edition of the rule, oldest first: what stood before a change stays on record."""
    if not _in_use:
        raise LookupError("ordinance.service.use() has not been called in this process")
    return _in_use


def profile(on: date | None = None) -> Profile:
    """The rule in force on a day in Seoul (today, where none is given)."""
    known = editions()
    if len(known) == 1:
        return known[0].profile
    day = on or clock.today()
    current = known[0]
    for edition in known[1:]:
        if edition.since is not None and edition.since <= day:
            current = edition
    return current.profile


def duties(locale: str) -> tuple[DutiesOfChapter, ...]:
    """How each clause of the district's ordinance is met, by chapter, in "ko" or "en"."""
    rule = profile()
    mayor = rule.district.mayor if locale == "ko" else rule.district.mayor_en
    return clauses.duties(rule.ordinance.numbering, rule.ordinance.text, mayor, locale)


def duty(clause_id: str, locale: str) -> Duty | None:
    """One clause by its id ("Y15-4"); None where the district's ordinance has none of that id."""
    every = (one for chapter in duties(locale) for one in chapter.duties)
    return next((one for one in every if one.id == clause_id), None)


def text() -> tuple[Chapter, ...]:
    """The district's ordinance itself."""
    return clauses.chapters_of(profile().ordinance.text)
