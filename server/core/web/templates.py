"""Templates that are quick to fill: on a phone's page most words are the same each time.

Jinja runs without coroutines (views hand over what they have awaited), which takes a third of the
time. A sentence without values is put in when a template is compiled, one environment a language.
A macro that is told all it depends on gives what it made of the same arguments a moment ago.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from jinja2 import Environment, Template, nodes
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from server.core import i18n
from server.core.web.assets import build

if TYPE_CHECKING:
    from jinja2.environment import TemplateModule
    from quart import Quart

__all__ = ["Templates"]

REMEMBERING: Final = frozenset({"macros/page.html", "macros/frame.html", "complaints/rows.html"})
"""Templates whose macros depend on their arguments and on the build alone."""

PIECES_MAX: Final = 4096
CHARACTERS_MAX: Final = 1000
"""Of one argument: long texts are seldom said twice."""

TEXT: Final = frozenset({str, Markup})
PLAIN: Final = TEXT | {int, bool, type(None)}


class Templates(Environment):
    """Jinja's environment with Quart's way to find templates, for one language."""

    template_class: type[Template]

    def __init__(self, app: Quart, language: str) -> None:
        super().__init__(
            loader=app.create_global_jinja_loader(),
            autoescape=app.select_jinja_autoescape,
            auto_reload=False,
        )
        self._words = _Words(language)
        self._build = 0
        self._remembering: list[_Remembering] = []

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return cast("nodes.Template", self._words.visit(tree))

    def remember(self, module: TemplateModule) -> None:
        """Have the macros of a module keep what they made, as long as the build stands whose
        addresses are in it."""
        if self._build != build():
            self._build = build()
            for each in self._remembering:
                each.forget()
        macros = vars(module)
        if "remembered" not in macros:
            for name, macro in macros.items():
                if isinstance(macro, Macro):
                    macros[name] = remembering = _Remembering(macro)
                    self._remembering.append(remembering)
            macros["remembered"] = True


class _Remembered(Template):
    """A template whose macros may be remembered."""

    environment: Templates

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if self.name not in REMEMBERING:
            return super()._get_default_module(ctx)
        module = self._module
        if module is None:
            module = super()._get_default_module()
        self.environment.remember(module)
        return module


Templates.template_class = _Remembered


class _Words(NodeTransformer):
    """Puts sentences of one language into a template."""

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        said = node.node
        if not isinstance(said, nodes.Name) or said.name not in {"_", "gettext"}:
            return node
        if node.kwargs or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return node
        words = i18n.gettext(str(node.args[0].value), self._language)
        return nodes.Const(words, lineno=node.lineno)


class _Remembering:
    """A macro that keeps what it made. Only of plain values: equal markup and text differ, and
    inside a list nobody would see which it is."""

    def __init__(self, macro: Macro) -> None:
        self._macro = macro
        self._made = lru_cache(PIECES_MAX, typed=True)(macro)

    def forget(self) -> None:
        """Make everything anew."""
        self._made.cache_clear()

    def __call__(self, *args: Any, **kwargs: Any) -> Markup:
        for value in (*args, *kwargs.values()):
            if type(value) not in PLAIN or (type(value) in TEXT and len(value) > CHARACTERS_MAX):
                return cast("Markup", self._macro(*args, **kwargs))
        return cast("Markup", self._made(*args, **kwargs))
