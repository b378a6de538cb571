"""What can go wrong between a reader and a service, said in the reader's language.

A Problem carries a stable code, a Korean sentence (a msgid) and the HTTP status; nobody sees a
stack trace and nobody loses what they typed (style.md).
"""

from __future__ import annotations

from server.core.i18n import N_, gettext

__all__ = [
    "Closed",
    "Conflict",
    "Forbidden",
    "Invalid",
    "NotFound",
    "NotSignedIn",
    "Problem",
    "TokenMissing",
    "TooLarge",
    "TooMany",
    "Unreadable",
]


class Problem(Exception):  # noqa: N818 - said to a reader, not raised at one
    """One thing that went wrong, for a person to read.

    `code` is stable and dotted (`form.reused`); `sentence` is a Korean msgid whose `%(name)s`
    are filled from `params`; `status` the HTTP status; `field` the form field it belongs to.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        status: int = 400,
        field: str | None = None,
        **params: str | int,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.status = status
        self.field = field
        self.params = params

    def text(self, locale: str | None = None) -> str:
        """The sentence in `locale` (default: the reader's)."""
        return gettext(self.sentence, locale, **self.params)

    def __str__(self) -> str:
        return f"{self.code} ({self.status})"


class NotFound(Problem):
    """Nothing here, or nothing that this reader may know of."""

    def __init__(self, code: str = "not_found", sentence: str | None = None) -> None:
        super().__init__(
            code, sentence or N_("찾으시는 페이지가 없습니다. 주소를 다시 확인해 주세요."), 404
        )


class Forbidden(Problem):
    """Signed in, but this is not the reader's room."""

    def __init__(self, code: str = "forbidden", sentence: str | None = None) -> None:
        super().__init__(code, sentence or N_("이 화면을 볼 권한이 없습니다."), 403)


class NotSignedIn(Problem):
    """The session ended before the form arrived; what was typed is shown again."""

    def __init__(self) -> None:
        super().__init__(
            "not_signed_in",
            N_("로그인이 필요합니다. 새 창에서 로그인한 뒤 아래의 내용을 다시 보내 주세요."),
            401,
        )


class TokenMissing(Problem):
    """The form's token is missing, foreign or stale."""

    def __init__(self) -> None:
        super().__init__(
            "csrf",
            N_(
                "안전을 위해 보내신 내용을 처리하지 않았습니다. "
                "화면이 오래되었을 수 있으니 한 번 더 보내 주세요."
            ),
            403,
        )


class Conflict(Problem):
    """Somebody, or the reader in another window, was faster."""

    def __init__(
        self, code: str, sentence: str, field: str | None = None, **params: str | int
    ) -> None:
        super().__init__(code, sentence, 409, field, **params)


class Invalid(Problem):
    """A value that the form cannot take; `field` names it."""

    def __init__(
        self, code: str, sentence: str, field: str | None = None, **params: str | int
    ) -> None:
        super().__init__(code, sentence, 422, field, **params)


class Closed(Problem):
    """A room that this municipality or this installation does not run."""

    def __init__(self, code: str = "closed", sentence: str | None = None) -> None:
        super().__init__(code, sentence or N_("지금은 이 서비스를 운영하지 않습니다."), 404)


class TooLarge(Problem):
    """The body, or one field of it, is over `limit` bytes."""

    def __init__(self, limit: int) -> None:
        size = f"{limit // 2**20}MB" if limit >= 2**20 else f"{limit // 2**10}KB"
        super().__init__(
            "too_large",
            N_("보내신 내용이 너무 큽니다. 한 번에 %(size)s까지 보낼 수 있습니다."),
            413,
            size=size,
        )


class TooMany(Problem):
    """Over the rate limit; `wait` is in seconds, for Retry-After."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            "too_many",
            N_("잠시 동안 요청이 너무 많았습니다. %(wait)s초 뒤에 다시 시도해 주세요."),
            429,
            wait=wait,
        )
        self.wait = wait


class Unreadable(Problem):
    """Text that is not UTF-8, or a number out of range, in an address or a form."""

    def __init__(self, field: str | None = None) -> None:
        super().__init__(
            "unreadable", N_("읽을 수 없는 글자가 들어 있습니다. 다시 확인해 주세요."), 400, field
        )
