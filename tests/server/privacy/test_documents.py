"""The terms and the privacy policy: editions, and the officer who answers (Y22-3, Y22-4)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.web.pages import PWA
from server.privacy import rules


@pytest.mark.parametrize("document", ["privacy", "terms"])
def test_every_edition_has_its_text(document: str) -> None:
    editions = rules.DOCUMENTS[document]
    for edition in editions:
        file = Path(PWA) / "templates/privacy" / f"{document}-{edition.version}.html"
        assert file.is_file()
        assert edition.version == edition.since.isoformat()
    assert [one.since for one in editions] == sorted(one.since for one in editions)


def test_an_edition_holds_from_its_day_on() -> None:
    old = rules.Edition("1", date(2026, 3, 2), "")
    new = rules.Edition("2", date(2027, 1, 1), "")
    for day, edition in ((date(2026, 1, 1), old), (date(2026, 12, 31), old), (new.since, new)):
        assert rules.latest((old, new), day) == edition


@pytest.mark.clause("Y22-4", 1)
async def test_the_officer_is_named_with_a_contact(client: Any) -> None:
    page = await (await client.get("/privacy")).get_data(as_text=True)
    assert "개인정보 보호책임자" in page
    assert "02-2670-4141" in page
    assert 'href="tel:0226704141"' in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_officer_s_department_is_named_in_english(client: Any) -> None:
    page = await (await client.get("/privacy?lang=en")).get_data(as_text=True)
    assert "Digital Policy Division" in page
    assert "디지털정책과" not in page


@pytest.mark.parametrize("path", ["/privacy", "/terms"])
async def test_editions_are_listed_and_kept(client: Any, path: str) -> None:
    page = await (await client.get(path)).get_data(as_text=True)
    assert f'href="{path}/2026-03-02"' in page
    assert (await client.get(f"{path}/2026-03-02")).status_code == 200
    assert (await client.get(f"{path}/1999-01-01")).status_code == 404
    english = await (await client.get(f"{path}?lang=en")).get_data(as_text=True)
    assert 'lang="en"' in english
