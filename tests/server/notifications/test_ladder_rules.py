"""The ladder of a notice, case by case: push, then a text, then the desk; each rung once (Y16)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.notifications import ladder_rules
from server.notifications.ladder_rules import (
    LOOK_AGAIN,
    STOPPED_AGAIN,
    Desk,
    Fate,
    Next,
    Over,
    Patience,
    Push,
    Rung,
    Standing,
    Text,
    Wait,
)

TOLD = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = Patience(unopened=24 * HOUR, silent=12 * HOUR)

PUSHED = [
    # A push may still do.
    (0, {"push": Push.PENDING}, Wait(LOOK_AGAIN)),
    (0, {"push": Push.HANDED}, Wait(24 * HOUR)),
    (23, {"push": Push.HANDED}, Wait(HOUR)),
    (23.995, {"push": Push.PENDING}, Wait(timedelta(seconds=18))),
    # It did, or nobody wants to hear otherwise any more.
    (30, {"push": Push.HANDED, "read": True}, Over(Rung.REACHED)),
    (0, {"push": Push.NONE, "way": None}, Over(Rung.NOWHERE)),
    (0, {"push": Push.NONE, "way": None, "read": True}, Over(Rung.REACHED)),
    # It did not.
    (0, {"push": Push.NONE}, Text("no_device")),
    (0, {"push": Push.LOST}, Text("refused")),
    (24, {"push": Push.HANDED}, Text("unopened")),
    (24, {"push": Push.PENDING}, Text("unopened")),
    # Chosen otherwise, or no text can go.
    (0, {"push": Push.NONE, "way": "desk"}, Desk("no_device")),
    (24, {"push": Push.HANDED, "way": "desk", "no_text": "abroad"}, Desk("unopened")),
    (0, {"push": Push.NONE, "no_text": "abroad"}, Desk("no_device", "abroad")),
    (0, {"push": Push.LOST, "no_text": "budget"}, Desk("refused", "budget")),
    (0, {"push": Push.NONE, "no_text": "opted_out"}, Desk("no_device", "opted_out")),
    # All sending is stopped: it waits, but not for ever.
    (0, {"push": Push.NONE, "stopped": True}, Wait(STOPPED_AGAIN)),
    (35.9, {"push": Push.NONE, "stopped": True}, Wait(STOPPED_AGAIN)),
    (36, {"push": Push.NONE, "stopped": True}, Desk("no_device", "stopped")),
    (0, {"push": Push.NONE, "stopped": True, "way": "desk"}, Desk("no_device")),
    # At night nobody is texted.
    (12, {"push": Push.NONE, "day_at": TOLD + 22 * HOUR}, Wait(10 * HOUR)),
    (12, {"push": Push.NONE, "day_at": TOLD + 12 * HOUR}, Text("no_device")),
    (12, {"push": Push.NONE, "day_at": TOLD + 22 * HOUR, "way": "desk"}, Desk("no_device")),
]
TEXTED = [
    (1, {}, Wait(11 * HOUR)),
    (1, {"text": Fate.ARRIVED}, Over(Rung.REACHED)),
    (1, {"text": Fate.LOST}, Desk("", "lost")),
    (1, {"text": Fate.LOST, "read": True}, Over(Rung.REACHED)),
    (12, {}, Desk("", "silent")),
    (12, {"text": Fate.ARRIVED}, Over(Rung.REACHED)),
    (1, {"way": None}, Over(Rung.NOWHERE)),
    (1, {"way": "desk"}, Wait(11 * HOUR)),  # chosen since
]


@pytest.mark.parametrize(("hours", "stands", "expected"), PUSHED)
def test_after_the_push(hours: float, stands: dict[str, Any], expected: Next) -> None:
    standing = replace(Standing(Rung.PUSH, "sms", TOLD), **stands)
    assert ladder_rules.next_rung(standing, PATIENCE, TOLD + hours * HOUR) == expected


@pytest.mark.parametrize(("hours", "stands", "expected"), TEXTED)
def test_after_the_text(hours: float, stands: dict[str, Any], expected: Next) -> None:
    texted = TOLD + 30 * HOUR
    standing = replace(Standing(Rung.SMS, "sms", TOLD, texted_at=texted), **stands)
    assert ladder_rules.next_rung(standing, PATIENCE, texted + hours * HOUR) == expected


@pytest.mark.parametrize(
    ("phone", "why"),
    [
        ("010-1234-5678", ""),
        ("0505-123-4567", ""),
        ("+82 10 1234 5678", ""),
        ("+1 212 555 0100", "abroad"),
        ("02-2670-3114", "no_number"),
        ("", "no_number"),
        (None, "no_number"),
    ],
)
def test_only_who_takes_a_text_in_the_country_is_sent_one(phone: str | None, why: str) -> None:
    assert ladder_rules.why_no_text(phone) == why


def test_every_reason_and_standing_has_its_word() -> None:
    assert ladder_rules.STANDS.keys() == set(Rung)
    given = {
        reason
        for _, _, after in (*PUSHED, *TEXTED)
        if isinstance(after, Text | Desk)
        for reason in (after.why, getattr(after, "why_desk", ""))
        if reason
    }
    assert given <= ladder_rules.WHY.keys()
