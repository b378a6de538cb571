"""Templates that are quick to fill say what slow ones would."""

from typing import Any

import pytest
from markupsafe import Markup

from server.core import i18n
from server.core.web import assets
from server.core.web.templates import Templates
from tests.server.core.web.conftest import make_small

WORDS = "민원"
"""A word that is in the catalogues."""


@pytest.fixture
def templates(small_settings: Any) -> dict[str, Templates]:
    app = make_small(small_settings)
    return app.templates


def test_the_words_are_in_the_template_of_each_language(templates: dict[str, Templates]) -> None:
    source = (
        f"{{{{ _('{WORDS}') }}}}|{{% trans %}}{WORDS}{{% endtrans %}}|{{{{ _('%(n)s <b>', n=n) }}}}"
    )
    for language in i18n.LOCALES:
        said = i18n.gettext(WORDS, language)
        text = templates[language].from_string(source).render(n="<i>")
        assert text == f"{said}|{said}|&lt;i&gt; &lt;b&gt;"
        compiled = templates[language].compile(source, raw=True)
        assert f"{WORDS}'" not in compiled or language == i18n.SOURCE


def row(templates: dict[str, Templates], title: Any, **more: Any) -> str:
    source = '{% import "macros/page.html" as p %}{{ p.row_item("/x", title, "m", unread=unread) }}'
    return templates["ko"].from_string(source).render({"title": title, "unread": False} | more)


def test_equal_words_that_are_not_the_same_are_told_apart(templates: dict[str, Templates]) -> None:
    for _ in range(2):
        assert "<b>x</b>" in row(templates, Markup("<b>x</b>"))
        assert "&lt;b&gt;x&lt;/b&gt;" in row(templates, "<b>x</b>")


def test_a_piece_follows_each_of_its_arguments(templates: dict[str, Templates]) -> None:
    for _ in range(2):
        assert "unread" not in row(templates, "a")
        assert "unread" in row(templates, "a", unread=True)


def test_a_piece_with_something_inside_is_made_each_time(templates: dict[str, Templates]) -> None:
    source = '{% import "macros/page.html" as p %}{% call p.card("t") %}{{ inside }}{% endcall %}'
    template = templates["ko"].from_string(source)
    assert "one" in template.render(inside="one")
    assert "two" in template.render(inside="two")


def test_a_new_build_is_told_of_at_once(
    templates: dict[str, Templates], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '{% import "macros/page.html" as p %}{{ p.icon("bell") }}'
    template = templates["ko"].from_string(source)
    builds = iter([({"icons.svg": "assets/one.svg"}, 1), ({"icons.svg": "assets/two.svg"}, 2)])
    for name in ("one", "two"):
        made, number = next(builds)
        monkeypatch.setattr(assets, "_manifest", lambda _build, made=made: made)
        monkeypatch.setattr(assets._Seen, "build", number)
        monkeypatch.setattr(assets._Seen, "at", float("inf"))
        assert f"/assets/{name}.svg#bell" in template.render()
