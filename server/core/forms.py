"""Forms: WTForms used plainly, with our words, and the claim that makes a form act once.

Each rendered form carries a UUID (`form_key`). The same form again gives the same answer; the
same key with other content is a conflict, and what was typed is kept (design.md, 'Forms').
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, ClassVar, Final, Self
from uuid import UUID

import wtforms
from quart import g, has_request_context, request
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model
from werkzeug.datastructures import MultiDict

from server.core import clock, crypto, db, i18n
from server.core.i18n import N_
from server.core.jobs import Timer
from server.core.web.csrf import actor_key
from server.core.web.problems import Conflict, Problem

__all__ = ["Form", "FormClaim", "FormUse", "answer_to", "claimed", "settle"]

KEPT: Final = timedelta(days=90)
"""An offline draft may come this late and still be known as the one that came before."""

UNSIGNED: Final = frozenset({"csrf_token", "form_key"})


@dataclass(frozen=True, slots=True)
class FormClaim:
    """One rendering of one form by one reader, and what it said (a keyed hash over all its fields
    and files)."""

    actor_key: str
    route: str
    key: UUID
    digest: bytes


class FormUse(Model):
    """What a form was answered with; unique per reader, route and key."""

    id = fields.BigIntField(primary_key=True)
    actor_key = fields.CharField(max_length=64)
    route = fields.CharField(max_length=100)
    key = fields.UUIDField()
    digest = fields.BinaryField()
    answer = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "form_use"
        constraints = (
            UniqueConstraint(fields=("actor_key", "route", "key"), name="form_use_once"),
        )
        indexes = (Index(fields=("created_at",), name="form_use_created"),)


async def claimed(claim: FormClaim | None) -> str | None:
    """Claim a form inside the service's transaction.

    Returns None when this is the first time (act, then `settle`), else the stored answer.
    Raises Conflict `form.reused` (409) where the same key comes with other content.
    A concurrent second claim waits for the first transaction to end.
    """
    if claim is None:
        return None
    if not db.transaction_open():
        raise RuntimeError("a form is claimed inside the transaction that acts on it")
    inserted = await db.execute(
        "INSERT INTO form_use (actor_key, route, key, digest, created_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (actor_key, route, key) DO NOTHING",
        [claim.actor_key, claim.route, str(claim.key), claim.digest, clock.now()],
    )
    if inserted:
        return None
    earlier = await FormUse.get(actor_key=claim.actor_key, route=claim.route, key=claim.key)
    if bytes(earlier.digest) != claim.digest:
        if has_request_context():
            g.pop("form_key", None)  # the form comes back as a new one, to be sent as such
        raise Conflict(
            "form.reused",
            N_("이미 보낸 화면에서 다른 내용을 보내셨습니다. 내용을 확인하고 다시 보내 주세요."),
        )
    return earlier.answer or ""


async def answer_to(claim: FormClaim | None) -> str | None:
    """What this very form was answered with, if it has acted before: asked ahead of anything that
    may have changed since. Whoever acts still claims it, for it may be acting right now."""
    if claim is None:
        return None
    known = await FormUse.get_or_none(
        actor_key=claim.actor_key, route=claim.route, key=claim.key, digest=claim.digest
    )
    return known.answer if known else None


async def settle(claim: FormClaim | None, answer: str) -> None:
    """Store what a second submission of this form is answered with (a location)."""
    if claim is not None:
        await FormUse.filter(actor_key=claim.actor_key, route=claim.route, key=claim.key).update(
            answer=answer
        )


async def forget() -> int:
    """Forget uses so old that no phone will send their form again; how many."""
    return await db.execute("DELETE FROM form_use WHERE created_at < ?", [clock.now() - KEPT])


TIMERS: Final = (Timer("forms.forget", timedelta(hours=6), forget),)


class _Translations:
    """WTForms' own messages, said our way."""

    def gettext(self, message: str) -> str:
        return i18n.gettext(WORDS.get(message, message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return i18n.gettext(WORDS.get(plural, plural if n != 1 else singular))


REQUIRED: Final = N_("꼭 적어 주세요.")
WORDS: dict[str, str] = {
    "This field is required.": REQUIRED,
    "Invalid input.": N_("적으신 것을 확인해 주세요."),
    "Invalid email address.": N_("전자우편 주소를 확인해 주세요."),
    "Invalid URL.": N_("인터넷 주소를 확인해 주세요."),
    "Invalid UUID.": N_("적으신 것을 확인해 주세요."),
    "Not a valid choice.": N_("목록에서 골라 주세요."),
    "Not a valid choice": N_("목록에서 골라 주세요."),
    "Invalid Choice: could not coerce.": N_("목록에서 골라 주세요."),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("목록에서 골라 주세요."),
    "Not a valid integer value.": N_("숫자로 적어 주세요."),
    "Not a valid decimal value.": N_("숫자로 적어 주세요."),
    "Not a valid float value.": N_("숫자로 적어 주세요."),
    "Not a valid date value.": N_("날짜를 확인해 주세요. (예: 2026-12-01)"),
    "Not a valid datetime value.": N_("날짜와 시각을 확인해 주세요."),
    "Not a valid time value.": N_("시각을 확인해 주세요."),
    "Field must be equal to %(other_name)s.": N_("위와 똑같이 적어 주세요."),
    "Field must be at least %(min)d characters long.": N_("%(min)d자 이상 적어 주세요."),
    "Field cannot be longer than %(max)d characters.": N_("%(max)d자까지 적을 수 있습니다."),
    "Field must be exactly %(max)d characters long.": N_("%(max)d자로 적어 주세요."),
    "Field must be between %(min)d and %(max)d characters long.": N_(
        "%(min)d자에서 %(max)d자까지 적어 주세요."
    ),
    "Number must be at least %(min)s.": N_("%(min)s 이상으로 적어 주세요."),
    "Number must be at most %(max)s.": N_("%(max)s 이하로 적어 주세요."),
    "Number must be between %(min)s and %(max)s.": N_("%(min)s에서 %(max)s 사이로 적어 주세요."),
    "Invalid value, must be one of: %(values)s.": N_("목록에서 골라 주세요."),
    "Invalid value, can't be any of: %(values)s.": N_("다른 값을 적어 주세요."),
    "This field cannot be edited.": N_("이 칸은 바꿀 수 없습니다."),
    "This field is disabled and cannot have a value.": N_("이 칸은 바꿀 수 없습니다."),
}


class Form(wtforms.Form):  # type: ignore[misc]
    """`form = await SomeForm.read()`; `form.validate()`; `form.claim` for the service."""

    claim: FormClaim | None = None

    class Meta:
        locales: ClassVar[Any] = False

        def get_translations(self, form: wtforms.Form) -> _Translations:  # noqa: ARG002
            return _Translations()

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            return field.widget(field, **render_kw)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As WTForms; labels and choices (msgids) are said in the reader's language.

        Choices are a dict of value -> label: WTForms 3.3 gives tuples up.
        """
        super().__init__(*args, **kwargs)
        for field in self:
            field.label.text = i18n.gettext(field.label.text)
            choices = getattr(field, "choices", None)
            if isinstance(choices, dict):
                field.choices = {
                    value: i18n.gettext(label) if isinstance(label, str) else label
                    for value, label in choices.items()
                }

    @classmethod
    async def read(cls, **initial: Any) -> Self:
        """Bind the form to what this request brought; `initial` as WTForms takes it."""
        texts: MultiDict[str, str] = await request.form
        files = await request.files
        # A new line counts as one letter, as in the browser's own count; it comes as two.
        lines = ((name, text.replace("\r\n", "\n")) for name, text in texts.items(multi=True))
        given = MultiDict([*files.items(multi=True), *lines])
        form = cls(given, **initial)
        form.claim = await _claim(texts, files)
        g.form = form
        return form

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As WTForms; what validators of ours say is said in the reader's language too."""
        valid: bool = super().validate(*args, **kwargs)
        for field in self:
            chosen = isinstance(field, wtforms.SelectField)
            field.errors = [_said(error, chosen=chosen) for error in field.errors]
        return valid

    @property
    def faults(self) -> list[str]:
        """What is wrong, a sentence each, for whoever sees no page (server/core/web/scripts.py)."""
        wrong = [(field.label.text, field.errors[0]) for field in self if field.errors]
        return [*self.form_errors, *(f"{name}: {why}" if name else why for name, why in wrong)]

    def complain(self, problem: Problem) -> None:
        """Put a service's Problem beside the field it belongs to, or above the form."""
        text = problem.text()
        if problem.field is not None and problem.field in self:
            self[problem.field].errors = [*self[problem.field].errors, text]
        else:
            self.form_errors.append(text)


def _said(error: Any, *, chosen: bool) -> Any:
    if chosen and error == i18n.gettext(REQUIRED):
        return i18n.gettext(N_("목록에서 골라 주세요."))
    return i18n.gettext(error) if isinstance(error, str) else error


async def _claim(texts: MultiDict[str, str], files: MultiDict[str, Any]) -> FormClaim | None:
    given = texts.get("form_key")
    if not given:
        return None
    try:
        key = UUID(given)
    except ValueError:
        raise Problem("form.key", N_("화면을 새로 열어 다시 보내 주세요."), 400) from None
    g.form_key = str(key)
    digest = hashlib.sha256()
    _feed(digest, b"path", request.path.encode())
    for name, value in sorted(texts.items(multi=True)):
        if name not in UNSIGNED:
            _feed(digest, b"field", name.encode(), value.encode())
    for name, file in files.items(multi=True):
        content = await asyncio.to_thread(_sha256, file.stream)
        _feed(digest, b"file", name.encode(), (file.filename or "").encode(), content)
    # Keyed: a plain digest of a log-in would let whoever has the rows try passwords at full speed.
    keyed = crypto.keyed_hash("form", digest.hexdigest())
    return FormClaim(actor_key(), str(request.endpoint), key, keyed)


def _feed(digest: Any, *parts: bytes) -> None:
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)


def _sha256(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
    stream.seek(0)
    return digest
