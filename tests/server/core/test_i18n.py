"""The words: found in the catalogues, said in the reader's language, dates as people say them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.core import clock, i18n

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A catalogue of two rooms."""
    (tmp_path / "en").mkdir()
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    i18n.catalogue.cache_clear()

    def write(room: str, text: str) -> None:
        (tmp_path / "en" / f"{room}.po").write_text(
            'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n' + text
        )

    yield write
    i18n.catalogue.cache_clear()


def test_every_room_has_its_catalogue(catalogues: Any) -> None:
    catalogues("one", 'msgid "민원 %(count)s건"\nmsgstr "%(count)s complaints"\n')
    catalogues(
        "two",
        'msgid "%(num)s명"\nmsgid_plural "%(num)s명"\n'
        'msgstr[0] "%(num)s person"\nmsgstr[1] "%(num)s people"\n',
    )
    assert i18n.gettext("민원 %(count)s건", "en", count=3) == "3 complaints"
    assert i18n.gettext("민원 %(count)s건", count=3) == "민원 3건"
    assert i18n.ngettext("%(num)s명", "%(num)s명", 1, "en") == "1 person"
    assert i18n.ngettext("%(num)s명", "%(num)s명", 2, "en") == "2 people"
    assert i18n.ngettext("%(num)s명", "%(num)s명", 2) == "2명"
    assert i18n.gettext("모르는 말", "en") == "모르는 말"


def test_two_rooms_may_not_disagree(catalogues: Any) -> None:
    catalogues("one", 'msgid "말"\nmsgstr "word"\n')
    catalogues("two", 'msgid "말"\nmsgstr "horse"\n')
    with pytest.raises(ValueError, match="two translations"):
        i18n.gettext("말", "en")


def test_a_percent_sign_without_values_stays() -> None:
    assert i18n.gettext("100% 됩니다") == "100% 됩니다"


def test_speaking_to_somebody_else() -> None:
    with i18n.speaking("en"):
        assert i18n.locale() == "en"
        with i18n.speaking("fr"):
            assert i18n.locale() == "ko"
    assert i18n.locale() == "ko"


@pytest.mark.parametrize(
    ("moment", "ko", "en"),
    [
        (date(2026, 12, 1), "12월 1일(화)", "Tue 1 Dec"),
        (date(2027, 3, 2), "2027년 3월 2일(화)", "Tue 2 Mar 2027"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "11월 24일(화)", "Tue 24 Nov"),
    ],
)
def test_days_are_seoul_days(moment: Any, ko: str, en: str) -> None:
    with clock.use(NOW):
        assert i18n.date_text(moment) == ko
        assert i18n.date_text(moment, "en") == en


def test_minutes_are_seoul_minutes() -> None:
    with clock.use(NOW):
        assert i18n.datetime_text(NOW) == "11월 23일(월) 10:00"


@pytest.mark.parametrize(
    ("seconds", "ko"),
    [
        (0, "방금"),
        (59, "방금"),
        (60, "1분 전"),
        (3599, "59분 전"),
        (3600, "1시간 전"),
        (86_399, "23시간 전"),
        (86_400, "1일 전"),
        (7 * 86_400, "11월 16일(월)"),
    ],
)
def test_how_long_ago(seconds: int, ko: str) -> None:
    with clock.use(NOW):
        assert i18n.ago(NOW - timedelta(seconds=seconds)) == ko


def test_numbers_are_grouped() -> None:
    assert i18n.number_text(1_234_567) == "1,234,567"
