"""What each recipient of an SMS gets, and what it counts (Y15-4).

One text for all, or a text with each one's own words where it says `{이름}`: then every recipient
has a text of his own, split, counted and priced by itself. Domestic texts are messages of at most
90 bytes; a text abroad goes as it is and counts the parts that the network makes of it. Pure.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gateways.encode import numbers
from gateways.encode.numbers import BadNumber, Number, NumberFault
from server.core.i18n import N_
from server.core.web.problems import Invalid, Problem
from server.messages import rules
from server.messages.sms.sheet_rules import Row, Table, key_of
from server.ordinance.service import Profile

FAULTS_MAX: Final = 20
"""So many faults are told; a list with as many again is read no further."""

NAME_KEYS: Final = frozenset({key_of("이름"), key_of("name")})
_PLACE = re.compile(r"\{([^{}\n]{1,40})\}")

MIXED: Final = N_("국내 번호와 해외 번호는 값이 달라서 따로 보내야 합니다.")
NO_WORD: Final = N_("%(line)s번째 줄의 ‘%(written)s’: {%(name)s}에 넣을 말이 없습니다.")
NO_FIELD: Final = N_(
    "넣을 말이 없는 칸입니다: %(names)s. 주소록에서 고르면 {이름}을, 목록 파일을 올리면 그 칸을"
    " 넣어 드립니다. 아니면 { } 표시를 빼고 적어 주세요."
)
EMPTY_CELL: Final = N_("%(line)s번째 줄의 ‘%(name)s’ 칸이 비어 있습니다.")
LINE_CHARACTERS: Final = N_("%(line)s번째 줄에 문자로 보낼 수 없는 글자가 있습니다: %(characters)s")
FAR_TOO_MANY: Final = N_(
    "한 번에 %(most)s명까지 보낼 수 있습니다. 목록에는 훨씬 많은 사람이 있습니다."
)
NO_NUMBER: Final = N_("%(line)s번째 줄에 번호가 없습니다.")
LINE_TOO_LONG: Final = N_("%(line)s번째 줄은 글이 너무 깁니다.")


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient before his number is read: `field` of the form and `line` of it where he stands,
    and his own words by column (None: he is just a number)."""

    written: str
    line: int = 1
    field: str = "to"
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient gets: the texts as they are handed over, and the units of each."""

    number: Number
    texts: tuple[str, ...]
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """A whole order, counted. To be gone through as often as needed, without ever being held whole.

    `texts` go to everybody; None where each has his own. `units_each` is None where they differ:
    then from `least` to `most` a recipient.
    """

    recipients: int
    units: int
    least: int
    most: int
    abroad: bool
    texts: tuple[str, ...] | None
    repeated: int
    _walk: Callable[[], Iterator[Letter]]

    def __iter__(self) -> Iterator[Letter]:
        return self._walk()

    def but(self, unwilling: Collection[str]) -> "Letters":
        """The same without those numbers (digits), counted anew; somebody has to be left."""

        def walk() -> Iterator[Letter]:
            return (each for each in self if each.number.digits not in unwilling)

        sizes = [sum(each.units) for each in walk()]
        return replace(
            self,
            recipients=len(sizes),
            units=sum(sizes),
            least=min(sizes),
            most=max(sizes),
            _walk=walk,
        )

    @property
    def units_each(self) -> int | None:
        return self.least if self.least == self.most else None


@dataclass(slots=True)
class Reckoning:
    """What came of reading an order: `letters`, or what is wrong (`faulty` lines in all)."""

    problems: list[Problem] = field(default_factory=list)
    faulty: int = 0
    letters: Letters | None = None

    def note(self, problem: Problem) -> None:
        """Keep what is wrong with a recipient; what is wrong with the text of all of them once."""
        if any(problem is known for known in self.problems):
            return
        self.faulty += 1
        if len(self.problems) < FAULTS_MAX:
            self.problems.append(problem)


@dataclass(slots=True)
class _Tally:
    """An order counted so far."""

    recipients: int = 0
    repeated: int = 0
    units: int = 0
    least: int = 0
    most: int = 0
    home: bool = False
    abroad: bool = False

    def add(self, letter: Letter | None) -> None:
        """One recipient more, or one (None) who has it already."""
        if letter is None:
            self.repeated += 1
            return
        units = sum(letter.units)
        self.least = min(self.least, units) if self.recipients else units
        self.most = max(self.most, units)
        self.units += units
        self.recipients += 1
        self.home |= letter.number.domestic
        self.abroad |= not letter.number.domestic


class Order:
    """An order as it is written: a text, and recipients from lines, address book and list.

    In a `literal` text braces are just braces; in any other something has to fill them.
    """

    def __init__(
        self,
        profile: Profile,
        body: str,
        lines: Iterable[Addressee],
        table: Table | None = None,
        *,
        recipients_max: int,
        literal: bool = False,
    ) -> None:
        self._profile, self._body = profile, body
        self._lines, self._table = tuple(lines), table
        self._recipients_max = recipients_max
        # Of a list that is far too long nobody has to wait for the exact number.
        self._read_max = 2 * recipients_max + 1_000
        places = {key_of(name): name.strip() for name in _PLACE.findall(body)}
        self._personal = {} if literal else self._filled(places)
        self._lacking = [] if literal else self._unfilled(places)
        self._same: dict[bool, Letter | Problem] = {}

    def reckon(self) -> Reckoning:
        """Read it all: every number, every text. Says all that is wrong at once."""
        found, tally = Reckoning(self._unknown_places()), _Tally()
        for item in self._walk():
            if isinstance(item, Problem):
                found.note(item)
            else:
                tally.add(item)
            if found.faulty >= 2 * FAULTS_MAX:
                break
            if tally.recipients + tally.repeated > self._read_max:
                found.problems.append(self._too_many(FAR_TOO_MANY))
                return found
        if tally.recipients > self._recipients_max:
            found.problems.append(self._too_many(rules.TOO_MANY, count=tally.recipients))
        if tally.home and tally.abroad:
            found.problems.append(Invalid("messages.mixed", MIXED, "to"))
        if tally.recipients and not found.problems:
            first = next(iter(self._letters()))
            found.letters = Letters(
                recipients=tally.recipients,
                units=tally.units,
                least=tally.least,
                most=tally.most,
                abroad=tally.abroad,
                texts=None if self._personal else first.texts,
                repeated=tally.repeated,
                _walk=self._letters,
            )
        return found

    def _letters(self) -> Iterator[Letter]:
        return (item for item in self._walk() if isinstance(item, Letter))

    def _walk(self) -> Iterator[Letter | Problem | None]:
        """Each recipient's letter, what is wrong with him, or None for one who has it already."""
        seen: set[tuple[str, int]] = set()
        for item in self._everybody():
            letter = self._letter(item) if isinstance(item, Addressee) else item
            if isinstance(letter, Letter):
                # The same number may get two texts (two children), but not one text twice.
                key = letter.number.digits, hash(letter.texts) if self._personal else 0
                if key in seen:
                    yield None
                    continue
                seen.add(key)
            yield letter

    def _everybody(self) -> Iterator[Addressee | Problem]:
        yield from self._lines
        for row in self._table.rows() if self._table is not None else ():
            if isinstance(row, Row):
                yield Addressee(row.number, row.line, "sheet", row.words)
            else:
                yield row

    def _letter(self, addressee: Addressee) -> Letter | Problem:
        try:
            number = numbers.parse(addressee.written)
        except BadNumber as bad:
            empty = bad.fault is NumberFault.EMPTY
            return _bad(NO_NUMBER if empty else rules.NUMBER_FAULTS[bad.fault], addressee)
        refusal = rules.refusal(self._profile, "sms", number)
        if refusal is not None:
            return _bad(refusal, addressee)
        if self._personal:
            return self._own(number, addressee)
        known = self._same.get(number.domestic)
        if known is None:
            known = self._same[number.domestic] = self._common(number)
        return known if isinstance(known, Problem) else Letter(number, known.texts, known.units)

    def _common(self, number: Number) -> Letter | Problem:
        try:
            return letter(self._profile, self._body, number)
        except Problem as problem:
            return problem

    def _own(self, number: Number, addressee: Addressee) -> Letter | Problem:
        words = addressee.words or {}
        for key, name in self._personal.items():
            if not words.get(key):
                listed = addressee.field == "sheet"
                return _bad(EMPTY_CELL if listed else NO_WORD, addressee, name=name)
        text = filled(self._body, words)
        if len(text) > rules.BODY_MAX:
            return _bad(LINE_TOO_LONG, addressee)
        try:
            return letter(self._profile, text, number)
        except Problem as problem:
            if problem.code == "messages.characters":
                return _bad(LINE_CHARACTERS, addressee, **problem.params)
            return _bad(LINE_TOO_LONG, addressee)

    def _filled(self, places: Mapping[str, str]) -> dict[str, str]:
        """Those places of the text that are filled in, by key: with a list what it has a column
        for, with the address book `{이름}`."""
        if self._table is not None:
            known = {key_of(name) for name in self._table.columns}
        elif any(one.words is not None for one in self._lines):
            known = set(NAME_KEYS)
        else:
            known = set()
        return {key: name for key, name in places.items() if key in known}

    def _unfilled(self, places: Mapping[str, str]) -> list[str]:
        """The places that nothing fills: they would go out as they stand, and be paid for. Without
        a list only those that read like a name, and not before there is anybody to write to."""
        lacking = [name for key, name in places.items() if key not in self._personal]
        if self._table is not None:
            return lacking
        named = [name for name in lacking if any(letter.isalpha() for letter in name)]
        return named if self._lines else []

    def _unknown_places(self) -> list[Problem]:
        if not self._lacking:
            return []
        names = _in_braces(self._lacking[:5])
        if self._table is None:
            return [Invalid("messages.places", NO_FIELD, "body", names=names)]
        return [
            Invalid(
                "messages.places",
                N_("목록에 없는 칸입니다: %(names)s. 쓸 수 있는 칸: %(columns)s"),
                "body",
                names=names,
                columns=_in_braces(self._table.columns) or "-",
            )
        ]

    def _too_many(self, sentence: str, **words: int) -> Problem:
        field = "to" if self._table is None else "sheet"
        return Invalid("messages.recipients", sentence, field, most=self._recipients_max, **words)


def addressed(profile: Profile, body: str, found: Sequence[Number]) -> Letters:
    """One text to so many numbers, as it stands. Raises Invalid for what cannot be sent."""
    lines = [Addressee(number.digits, at) for at, number in enumerate(found, start=1)]
    reckoning = Order(profile, body, lines, recipients_max=len(found), literal=True).reckon()
    if reckoning.letters is None:
        raise reckoning.problems[0]
    return reckoning.letters


def filled(body: str, words: Mapping[str, str]) -> str:
    """The text with each place filled in; what is filled in is not looked through again."""
    return _PLACE.sub(lambda place: words.get(key_of(place[1]), place[0]), body)


def letter(profile: Profile, text: str, number: Number) -> Letter:
    """A text to one number, counted. Raises Invalid, which says what cannot be sent."""
    if number.domestic:
        texts = rules.sms_texts(profile, text)
        return Letter(number, texts, (1,) * len(texts))
    parts = rules.parts_abroad(text)
    return Letter(number, (parts.text,), (len(parts.messages),))


def _in_braces(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _bad(sentence: str, addressee: Addressee, **words: str | int) -> Problem:
    written = rules.quoted(addressee.written)
    return Invalid(
        "messages.number", sentence, addressee.field, line=addressee.line, written=written, **words
    )
