"""Who may apply in another's place, and how that person hears of it (Y18)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.complaints.behalf import rules
from server.complaints.behalf.rules import ForWhom
from server.core.web import Invalid

TODAY = date(2026, 11, 23)
MOTHER = ForWhom(
    name="  박순자 ",
    phone="010-2222-3333",
    relation="family",
    consent="by_phone",
    consented_on=date(2026, 11, 22),
    declared=True,
    tell_by="sms",
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "for_name"),
        ({"relation": ""}, "for_relation"),
        ({"relation": "friend"}, "for_relation"),
        ({"phone": "없음"}, "for_phone"),
        ({"phone": "", "address": "", "tell_by": "letter"}, "for_phone"),
        ({"consent": ""}, "for_consent"),
        ({"consent": "by_law"}, "for_consent"),
        ({"consented_on": None}, "for_consented_on"),
        ({"consented_on": date(2026, 11, 24)}, "for_consented_on"),
        ({"consented_on": date(2025, 11, 22)}, "for_consented_on"),
        ({"declared": False}, "for_declared"),
        ({"tell_by": ""}, "for_tell_by"),
        ({"tell_by": "none"}, "for_tell_by"),
        ({"tell_by": "letter"}, "for_address"),
        ({"phone": "", "address": "당산로 1", "tell_by": "sms"}, "for_phone"),
        ({"phone": "02-2670-3114"}, "for_phone"),
        ({"phone": "+1 202 555 0143"}, "for_phone"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked(replace(MOTHER, **changes), TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"phone": "", "address": "영등포구 당산로 1", "tell_by": "letter"},
        {"phone": "02-2670-3114", "address": "영등포구 당산로 1", "tell_by": "letter"},
        {"relation": "guardian", "consent": "by_law", "tell_by": "none"},
        {"consented_on": date(2025, 11, 23)},
    ],
)
def test_what_is_whole_is_taken(changes: dict[str, Any]) -> None:
    assert rules.checked(replace(MOTHER, **changes), TODAY).name == "박순자"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k2m9-qrt04", "7K2M9QRT04"),
        ("7K2M9 QRTO4", "7K2M9QRT04"),
        ("7K2M9-QRT0", None),
        ("7K2M9-QRT0!", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert rules.read_code(typed) == code


def test_one_person_is_one_however_it_is_typed() -> None:
    same = rules.person("박순자", "010-2222-3333", ""), rules.person("박 순자", "01022223333", "x")
    assert same[0] == same[1] != rules.person("박순자", "010-2222-3334", "")
