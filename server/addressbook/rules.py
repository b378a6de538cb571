"""What an address book holds at most, and how its names are written (Y15-4). Pure."""

from typing import Final

from gateways.encode import numbers
from gateways.encode.numbers import BadNumber, Number, NumberFault
from server.core.i18n import N_
from server.core.web.problems import Invalid, Problem

CONTACTS_MAX: Final = 300
GROUPS_MAX: Final = 30
NAME_MAX: Final = 40

NUMBER_FAULTS: Final = {
    NumberFault.EMPTY: N_("번호를 적어 주세요."),
    NumberFault.NOT_A_NUMBER: N_("전화번호가 아닙니다."),
    NumberFault.AREA_CODE_MISSING: N_("지역번호(예: 02)를 함께 적어 주세요."),
    NumberFault.TOO_SHORT: N_("번호가 너무 짧습니다."),
    NumberFault.TOO_LONG: N_("번호가 너무 깁니다."),
    NumberFault.NO_SUCH_AREA: N_("없는 지역번호로 시작합니다."),
    NumberFault.SPECIAL: N_("긴급·안내 번호로는 보낼 수 없습니다."),
}


def number(text: str) -> Number:
    """A number as it is written. Raises Invalid, which says what is wrong with it."""
    try:
        return numbers.parse(text)
    except BadNumber as bad:
        raise Invalid("addressbook.number", NUMBER_FAULTS[bad.fault], "number") from None


def name(text: str, field: str = "name") -> str:
    """A name in one line without doubled spaces. Raises Invalid where nothing is left of it."""
    found = " ".join(text.split())
    if not found:
        raise Invalid("addressbook.name", N_("이름을 적어 주세요."), field)
    return found


def must_have_room(contacts: int) -> None:
    """Refuse another contact in a full book; raises Problem."""
    if contacts >= CONTACTS_MAX:
        raise Problem(
            "addressbook.full",
            N_("주소록에는 %(most)s명까지 적을 수 있습니다."),
            409,
            most=CONTACTS_MAX,
        )


def must_have_room_for_group(groups: int) -> None:
    """Refuse another group in a book that has enough; raises Problem."""
    if groups >= GROUPS_MAX:
        raise Problem(
            "addressbook.groups_full",
            N_("묶음은 %(most)s개까지 만들 수 있습니다."),
            409,
            "new_group",
            most=GROUPS_MAX,
        )
