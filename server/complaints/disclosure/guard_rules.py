"""What is never posted by mistake, in the reader's words; core finds it (Y22-1)."""

from collections.abc import Mapping
from typing import Final

from server.core.i18n import N_
from server.core.personal_numbers import Exposed, Finding, business, checks_out, find, luhn

__all__ = ["WORDS", "Exposed", "Finding", "business", "checks_out", "find", "luhn"]

WORDS: Final[Mapping[Exposed, str]] = {
    Exposed.RESIDENT_NUMBER: N_("주민등록번호"),
    Exposed.CARD: N_("카드번호"),
    Exposed.PHONE: N_("전화번호"),
    Exposed.ACCOUNT: N_("계좌번호"),
}
