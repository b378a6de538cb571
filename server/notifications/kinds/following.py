"""What is told to those who follow a place or share a complaint."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import Kind

FOLLOWING: Final = {
    "follow.new": Kind(
        N_("받아 보시는 곳에 새 민원이 있습니다"), N_("%(receipt)s · 공개된 민원입니다.")
    ),
    "follow.digest": Kind(
        N_("오늘 받아 보시는 소식을 모았습니다"), N_("새로 공개된 민원이 %(count)s건 있습니다.")
    ),
    "follow.moved_on": Kind(
        N_("함께 겪는 민원에 소식이 있습니다"), N_("%(receipt)s · 처리를 시작했습니다.")
    ),
    "follow.completed": Kind(
        N_("함께 겪는 민원의 처리가 끝났습니다"), N_("%(receipt)s · 결과를 확인해 보세요.")
    ),
}
