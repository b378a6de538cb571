"""The office's words, told plainly, in both languages, each at an address of its own."""

import re
from typing import Any

import pytest

from server.core import i18n
from server.core.web.pages import PWA
from server.home import words

WORDS = [word for group in words.GROUPS for word in group.words]
LEADS = re.compile(r"p\.meaning\('(\w+)'")


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.anchor)
def test_a_word_and_what_it_means_in_both_languages(word: words.Word) -> None:
    for sentence in (word.term, *word.says):
        told = i18n.gettext(sentence, "en")
        assert re.search("[가-힣]", sentence)
        assert not re.search("[가-힣]", told), f"no English for {sentence}"
    assert all(len(sentence) <= 60 for sentence in word.says), "a plain sentence is short"


def test_each_word_has_an_anchor_of_its_own_and_every_way_leads_to_one() -> None:
    anchors = [word.anchor for word in WORDS]
    assert len(set(anchors)) == len(anchors)
    led = {
        anchor
        for page in (PWA / "templates").rglob("*.html")
        for anchor in LEADS.findall(page.read_text())
    }
    assert led
    assert led <= set(anchors)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_page_tells_them_to_everybody(client: Any) -> None:
    for language, said in (("ko", "돌려보내는"), ("en", "sent back without being handled")):
        answer = await client.get("/words", headers={"Accept-Language": language})
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert said in page
        for word in WORDS:
            assert f'<div id="{word.anchor}">' in page
            if word.href:
                assert (await client.get(word.href)).status_code == 200
    assert 'href="/words"' in await (await client.get("/services")).get_data(as_text=True)
