"""What a browser sends about its push subscription: JSON from the script, or a form's fields; and
how a resident wants to hear what a push does not bring."""

from dataclasses import dataclass
from typing import Any

from quart import request
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Invalid
from server.notifications import ladder_rules

FIELD_MAX = 1024
KEYS = ("p256dh", "auth")
FAX_MAX = 40


class OtherwiseForm(Form):
    """/me/notifications/otherwise."""

    way = RadioField(N_("앱으로 전해지지 않으면"), [InputRequired()], choices=ladder_rules.WAYS)
    fax = StringField(N_("팩스번호"), [Optional(), Length(max=FAX_MAX)])


@dataclass(frozen=True, slots=True)
class Subscription:
    """PushSubscription.toJSON(): where to post, and the keys to encrypt for.

    `replaces` is the endpoint that the push service has changed for this one.
    """

    endpoint: str
    p256dh: str = ""
    auth: str = ""
    replaces: str | None = None


async def subscription(*, with_keys: bool) -> Subscription:
    """The subscription of this request. Raises Invalid (422) where a field is missing."""
    given: Any = await request.get_json(silent=True) if request.is_json else await request.form
    if not hasattr(given, "get"):
        raise _invalid("endpoint")
    keys = given.get("keys") or given
    wanted = {"endpoint": given.get("endpoint")}
    if with_keys:
        wanted |= {name: keys.get(name) if hasattr(keys, "get") else None for name in KEYS}
    for name, value in wanted.items():
        if not isinstance(value, str) or not 0 < len(value) <= FIELD_MAX:
            raise _invalid(name)
    replaces = given.get("replaces")
    return Subscription(**wanted, replaces=replaces if isinstance(replaces, str) else None)


def _invalid(field: str) -> Invalid:
    return Invalid("push.subscription", N_("알림을 켜는 데 필요한 값이 빠졌습니다."), field)
