"""Which rooms a page may lead to: those that stand in this house and let this reader in (Y3-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from werkzeug.exceptions import HTTPException

from server.core.i18n import N_
from server.core.web.application import Application
from server.core.web.permissions import PUBLIC, Actor, Permission, role
from server.ordinance.service import Profile


@dataclass(frozen=True, slots=True)
class Room:
    """An address with its sign and its name (a msgid). `needs` names a part of the profile; `whose`
    tells for whom it is, where its door lets in more people than can do something there."""

    path: str
    icon: str
    label: str
    needs: str = ""
    whose: Permission = PUBLIC


RESIDENTS: Final = Permission("not of the office", lambda reader: not reader.official)
SENDERS: Final = RESIDENTS | role("complaints", "head", "informatics", "admin")
"""Those who write SMS: residents, and who does so in the office's name."""

SERVICES: Final = (
    Room("/complaints", "search", N_("민원 찾기")),
    Room("/services", "list", N_("민원 안내")),
    Room("/messages/sms/new", "sms", N_("문자 보내기"), needs="messages", whose=SENDERS),
    Room("/messages/fax/new", "fax", N_("팩스 보내기"), needs="messages", whose=RESIDENTS),
    Room("/me/mileage", "coin", N_("마일리지"), needs="mileage", whose=RESIDENTS),
    Room("/ordinance", "office", N_("근거 조례")),
    Room("/statistics", "chart", N_("민원 통계")),
    Room("/status", "phone", N_("다른 접수 방법")),
    Room("/privacy", "shield", N_("개인정보 보호")),
)

MINE: Final = (
    Room("/me/complaints", "file", N_("내 민원"), whose=RESIDENTS),
    Room("/me/drafts", "download", N_("보관함"), whose=RESIDENTS),
    Room("/me/mileage", "coin", N_("마일리지"), needs="mileage", whose=RESIDENTS),
    Room("/me/messages", "sms", N_("보낸 문자와 팩스"), needs="messages"),
    Room("/me/addressbook", "people", N_("주소록"), needs="messages", whose=SENDERS),
    Room("/me/notifications", "bell", N_("알림")),
    Room("/me/follows", "star", N_("받아 보는 소식"), whose=RESIDENTS),
    Room("/me/verify", "check", N_("본인확인"), whose=RESIDENTS),
    Room("/me/settings", "user", N_("내 정보와 설정")),
    Room("/display", "text", N_("글자와 화면")),
)

DESK: Final = (
    (
        N_("민원 처리"),
        (
            Room("/desk/complaints", "file", N_("민원")),
            Room("/desk/field", "pin", N_("현장 업무")),
            Room("/desk/fixes", "check", N_("함께 처리")),
            Room("/desk/redress", "help", N_("이의신청과 요구")),
            Room("/desk/phrases", "edit", N_("답변 틀")),
            Room("/desk/handover", "out", N_("민원 넘기기")),
        ),
    ),
    (
        N_("접수와 창구"),
        (
            Room("/desk/assign", "people", N_("한꺼번에 배정")),
            Room("/desk/complaints/register", "edit", N_("종이로 받은 민원 등록")),
            Room("/desk/faxes/in", "fax", N_("받은 팩스")),
            Room("/desk/letters", "mail", N_("부칠 편지")),
            Room("/desk/payments", "card", N_("수납")),
            Room("/desk/verify", "card", N_("창구 본인확인")),
            Room("/desk/password", "key", N_("비밀번호 다시 주기")),
            Room("/desk/catalogue", "list", N_("민원처리기준표")),
        ),
    ),
    (
        N_("점검과 기록"),
        (
            Room("/desk/examiner", "scale", N_("민원심사관")),
            Room("/desk/reminders", "bell", N_("독촉장")),
            Room("/desk/told", "bell", N_("알린 기록")),
            Room("/desk/mileage", "coin", N_("마일리지 장부"), needs="mileage"),
            Room("/desk/access", "eye", N_("열람 기록")),
            Room("/desk/audit", "shield", N_("감사 기록")),
        ),
    ),
    (
        N_("문자와 팩스"),
        (
            Room("/desk/messages", "sms", N_("문자·팩스"), needs="messages"),
            Room("/desk/messages/costs", "chart", N_("문자·팩스 비용"), needs="messages"),
            Room("/desk/messages/held", "eye", N_("보내기 전 확인"), needs="messages"),
            Room("/desk/messages/stop", "warn", N_("보내기 멈춤"), needs="messages"),
            Room("/desk/senders", "phone", N_("보내는 번호 등록"), needs="messages"),
            Room("/desk/opt-outs", "lock", N_("수신거부"), needs="messages"),
            Room("/desk/sent", "send", N_("시연에서 보낸 것"), needs="messages"),
        ),
    ),
    (
        N_("구청과 시스템"),
        (
            Room("/desk/substitutes", "calendar", N_("부재와 대직")),
            Room("/desk/officials", "people", N_("담당자와 권한")),
            Room("/desk/departments", "office", N_("부서")),
            Room("/desk/calendar", "calendar", N_("쉬는 날")),
            Room("/desk/outages", "warn", N_("시스템 장애")),
            Room("/desk/queue", "clock", N_("대기열")),
            Room("/desk/api-keys", "key", N_("등록 키")),
        ),
    ),
)
"""What an official is in charge of, by what it is about: (words, rooms)."""


def open_to(app: Application, reader: Actor, profile: Profile, rooms: Iterable[Room]) -> list[Room]:
    """Those of the rooms that stand, are not closed by the ordinance, and let the reader in.

    To those who are not signed in rooms of residents are shown: they lead by way of the log-in.
    """
    return [
        room
        for room in rooms
        if (not room.needs or getattr(profile, f"has_{room.needs}"))
        and room.whose.test(reader)
        and _lets_in(app, reader, room.path)
    ]


def _lets_in(app: Application, reader: Actor, path: str) -> bool:
    try:
        endpoint, _ = app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return not reader.signed_in or app.policies[str(endpoint), "GET"].who.test(reader)
