"""An oracle for the statutory clock: slow, and written another way than the clock it judges.

It lives through time once, forwards: minute by minute for periods in hours, day by day for the
rest, and learns of each ground when it arises. It shares no code with server/deadlines, has its own
table of public holidays, and knows stretches of time only as minutes that are in them or not.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
MINUTES_OF_A_DAY = 24 * 60

# Public Holidays Decree. Seollal, Buddha's birthday and Chuseok follow the moon: year by year.
FIXED = {(1, 1), (3, 1), (5, 1), (5, 5), (6, 6), (7, 17), (8, 15), (10, 3), (10, 9), (12, 25)}
SUBSTITUTED_FOR_ANY_WEEKEND = {(3, 1), (5, 1), (5, 5), (7, 17), (8, 15), (10, 3), (10, 9), (12, 25)}
SEOLLAL = {date(2026, 2, 17), date(2027, 2, 7), date(2028, 1, 27), date(2029, 2, 13),
           date(2030, 2, 3)}  # fmt: skip
CHUSEOK = {date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3), date(2029, 9, 22),
           date(2030, 9, 12)}  # fmt: skip
BUDDHA = {date(2026, 5, 24), date(2027, 5, 13), date(2028, 5, 2), date(2029, 5, 20),
          date(2030, 5, 9)}  # fmt: skip
ELECTIONS = {date(2026, 6, 3), date(2028, 4, 12), date(2030, 3, 27), date(2030, 6, 12)}
FIRST_YEAR, LAST_YEAR = 2026, 2030


def public_holidays() -> set[date]:
    """Every public holiday of those years, with the substitutes that the Decree gives."""
    feasts = {mid + shift * DAY for mid in SEOLLAL | CHUSEOK for shift in (-1, 0, 1)}
    fixed = {date(y, m, d) for y in range(FIRST_YEAR, LAST_YEAR + 1) for m, d in FIXED}
    found = feasts | fixed | BUDDHA | ELECTIONS
    for day in sorted(fixed | BUDDHA):
        any_weekend = day in BUDDHA or (day.month, day.day) in SUBSTITUTED_FOR_ANY_WEEKEND
        if any_weekend and day.weekday() in (5, 6) and day not in feasts:
            found.add(_next_free(day, found))
    for mid in sorted(SEOLLAL | CHUSEOK):
        three = {mid - DAY, mid, mid + DAY}
        if any(day.weekday() == 6 or day in fixed | BUDDHA for day in three):
            found.add(_next_free(mid + DAY, found))
    return found


def _next_free(day: date, taken: set[date]) -> date:
    while day.weekday() in (5, 6) or day in taken:
        day += DAY
    return day


HOLIDAYS = public_holidays()


@dataclass(frozen=True)
class Office:
    """When an office works: those minutes of a day that are worked, and on which days."""

    minutes: frozenset[int] = frozenset(range(540, 720)) | frozenset(range(780, 1080))
    declared: frozenset[date] = frozenset()
    late_counts_next_day: bool = True

    def works_on(self, day: date) -> bool:
        return not (day.weekday() in (5, 6) or day in HOLIDAYS or day in self.declared)


@dataclass(frozen=True)
class Ground:
    """Not counted from `begins` to before `ends`; known from `since` on. Seoul's clock."""

    begins: datetime
    ends: datetime
    since: datetime


@dataclass
class Case:
    """What the clock is asked. `unit` is hours, days, weeks, months or years."""

    accepted: datetime
    count: int
    unit: str
    grounds: list[Ground] = field(default_factory=list)
    office: Office = field(default_factory=Office)
    extensions: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Told:
    """A ground in minutes since the beginning of time."""

    begins: int
    ends: int
    since: int

    def covers(self, minute: int) -> bool:
        return self.begins <= minute < self.ends


def _minutes(moment: datetime) -> int:
    day = moment.date().toordinal() * MINUTES_OF_A_DAY
    return day + moment.hour * 60 + moment.minute


def due(case: Case) -> str:
    """`2026-12-01`, or `2026-11-24T10:30` for hours."""
    told = [_Told(_minutes(g.begins), _minutes(g.ends), _minutes(g.since)) for g in case.grounds]
    if case.unit != "hours":
        return _days(case, told).isoformat()
    day, minute = divmod(_hours(case, told), MINUTES_OF_A_DAY)
    moment = datetime.combine(date.fromordinal(day), time(minute // 60, minute % 60))
    return moment.isoformat(timespec="minutes")


def _hours(case: Case, told: list[_Told]) -> int:
    """Lives minute by minute. A minute worked is put on a list; a ground that arises takes the
    minutes it covers off it again. The end is behind the minute that fills the list."""
    needed = 60 * (case.count + sum(case.extensions))
    worked: list[int] = []
    to_arise = sorted(told, key=lambda ground: ground.since)
    arisen: list[_Told] = []
    now = _minutes(case.accepted)
    works = case.office.works_on(case.accepted.date())
    while True:
        while to_arise and to_arise[0].since <= now:
            ground = to_arise.pop(0)
            arisen.append(ground)
            worked = [minute for minute in worked if not ground.covers(minute)]
        minute = now % MINUTES_OF_A_DAY
        if minute == 0:
            works = case.office.works_on(date.fromordinal(now // MINUTES_OF_A_DAY))
        if works and minute in case.office.minutes:
            for ground in arisen:
                if ground.covers(now):
                    break
            else:
                worked.append(now)
        now += 1
        if len(worked) == needed:
            return now


def _days(case: Case, told: list[_Told]) -> date:
    """Lives day by day; a ground counts if it has arisen before the last day is over."""
    office = case.office
    today = case.accepted.date()
    if office.late_counts_next_day:
        minute = case.accepted.hour * 60 + case.accepted.minute
        while not (office.works_on(today) and minute in office.minutes):
            minute += 1
            if minute == MINUTES_OF_A_DAY:
                today, minute = today + DAY, 0
    targets = [_days_of(today, case.count, case.unit), *case.extensions]
    by_calendar = case.unit != "days"
    elapsed = 0
    while True:
        tomorrow = (today.toordinal() + 1) * MINUTES_OF_A_DAY
        arisen = [ground for ground in told if ground.since < tomorrow]
        counts = not _all_of_it(today, arisen, office) and (by_calendar or office.works_on(today))
        elapsed += counts
        if counts and elapsed >= targets[0] and office.works_on(today):
            targets.pop(0)
            if not targets:
                return today
            elapsed = 0
        today += DAY


def _days_of(first: date, count: int, unit: str) -> int:
    """How many days the period has, the first included; by the calendar found by walking it."""
    if unit == "days":
        return count
    if unit == "weeks":
        return 7 * count
    wanted = count if unit == "months" else 12 * count
    months, day, number = 0, first, 1
    while True:
        following = day + DAY
        if following.day == 1:
            if months == wanted:  # the month has no such day: its last
                return number
            months += 1
        if months == wanted and following.day == first.day:
            return number
        day, number = following, number + 1


def _all_of_it(day: date, grounds: list[_Told], office: Office) -> bool:
    """Whether the grounds leave no minute of the day in which something could be done."""
    morning = day.toordinal() * MINUTES_OF_A_DAY
    minutes = set(office.minutes if office.works_on(day) else range(MINUTES_OF_A_DAY))
    for ground in grounds:
        first, behind = ground.begins - morning, ground.ends - morning
        minutes -= set(range(max(first, 0), min(behind, MINUTES_OF_A_DAY)))
    return not minutes
