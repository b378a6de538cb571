"""What holds for every change of the catalogue (O8-3): a day of effect that has not passed, a
ground, and nobody's change overwritten unseen."""

from datetime import datetime

from server.core import clock
from server.core.i18n import N_
from server.core.web import Conflict, Invalid

BASIS_LETTERS_MAX = 200


def check(since: datetime, basis: str) -> None:
    """Raises Invalid (422) for a day that has passed, or where no ground is given."""
    check_day(since)
    if not basis:
        raise Invalid("catalogue.basis", N_("왜 바꾸는지 적어 주세요."), "basis")


def check_day(since: datetime) -> None:
    """Raises Invalid (422) for a day that has passed: what was, was under the rule of then."""
    if clock.seoul(since).date() < clock.today():
        sentence = N_("시행일은 오늘이나 앞날이어야 합니다. 지난 일에는 그때의 기준이 남습니다.")
        raise Invalid("catalogue.since", sentence, "since")


def check_newest(seen: int, standing: int) -> None:
    """Raises where another version stands than the one that was `seen`: Invalid (422) for a new
    slug that is taken, else Conflict (409)."""
    if seen == standing:
        return
    if seen == 0:
        raise Invalid("catalogue.slug", N_("이 관리번호는 이미 쓰고 있습니다."), "slug")
    sentence = N_("그 사이 다른 사람이 이것을 고쳤습니다. 바뀐 내용을 확인하고 다시 저장해 주세요.")
    raise Conflict("catalogue.changed", sentence)


def check_to_come(since: datetime) -> None:
    """Raises Conflict (409) for a version whose day has come: it stands for ever."""
    if since <= clock.now():
        raise Conflict("catalogue.in_force", N_("이미 시행된 판은 되돌릴 수 없습니다."))
