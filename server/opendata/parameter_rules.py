"""What a program may give with a request: read and refused by the very schema that is published.

Pure. Schemas are JSON Schema, as far as the parameters of our operations need it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from server.core.i18n import N_
from server.core.web import Problem

WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,15})?")
MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)

YEARS: Final = range(1900, 9000)  # what both databases and every time zone can reckon with

NO_NUL: Final = "^[^\\u0000]*$"
"""The pattern of free text: a NUL character is refused wherever it comes (gate.py)."""

type Value = str | int | float | datetime | list[str]


def line(letters: int) -> dict[str, Any]:
    """The schema of free text of at most so many letters."""
    return {"type": "string", "maxLength": letters, "pattern": NO_NUL}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: `words` (a msgid) says what it is for."""

    name: str
    schema: Mapping[str, Any]
    words: str
    where: Literal["query", "path", "form"] = "query"
    required: bool = False
    attribute: str | None = None  # what the view calls it, where its name is no name in Python

    @property
    def called(self) -> str:
        """Its name in Python."""
        return self.attribute or self.name


class Misread(Problem):
    """A parameter that is missing or not what its schema says."""

    def __init__(self, param: str, sentence: str, status: int = 400, **params: str | int) -> None:
        super().__init__(
            f"parameter.{param}", sentence, status, field=param, **{"name": param, **params}
        )


def read(param: Param, given: Sequence[str]) -> Value | None:
    """What was given for a parameter; None where nothing was. An empty value is none.

    Raises Misread (400).
    """
    texts = [text for text in given if text]
    if not texts:
        if param.required:
            raise Misread(param.name, N_("%(name)s 값이 필요합니다."))
        return None
    if param.schema["type"] == "array":
        parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
        return [str(_one(param, param.schema["items"], part)) for part in parts]
    return _one(param, param.schema, texts[-1])


def _one(param: Param, schema: Mapping[str, Any], text: str) -> str | int | float | datetime:
    match schema["type"], schema.get("format"):
        case "integer", _:
            if not WHOLE.fullmatch(text):
                raise Misread(param.name, N_("%(name)s에는 정수를 적어 주세요."))
            return _within(param, schema, int(text))
        case "number", _:
            if not DECIMAL.fullmatch(text):
                raise Misread(param.name, N_("%(name)s에는 수를 적어 주세요."))
            return _within(param, schema, float(text))
        case _, "date-time":
            return _moment(param, text)
    return _text(param, schema, text)


def _within[N: (int, float)](param: Param, schema: Mapping[str, Any], number: N) -> N:
    least, most = schema.get("minimum"), schema.get("maximum")
    if (least is not None and number < least) or (most is not None and number > most):
        sentence = N_("%(name)s 값은 %(least)s에서 %(most)s 사이여야 합니다.")
        raise Misread(param.name, sentence, least=str(least), most=str(most))
    return number


def _moment(param: Param, text: str) -> datetime:
    plain = text.replace(" ", "+")  # a plus sign that nobody escaped
    sentence = N_("%(name)s에는 2026-11-23T09:00:00+09:00처럼 시간대까지 적어 주세요.")
    try:
        moment = datetime.fromisoformat(plain) if MOMENT.fullmatch(plain) else None
    except ValueError:
        moment = None
    if moment is None or not YEARS.start <= moment.year < YEARS.stop:
        raise Misread(param.name, sentence)
    return moment


def _text(param: Param, schema: Mapping[str, Any], text: str) -> str:
    if "enum" in schema and text not in schema["enum"]:
        sentence = N_("%(name)s 값은 다음 중 하나여야 합니다: %(choices)s")
        raise Misread(param.name, sentence, choices=", ".join(schema["enum"]))
    if len(text) > schema.get("maxLength", len(text)):
        sentence = N_("%(name)s 값은 %(most)s자까지입니다.")
        raise Misread(param.name, sentence, most=schema["maxLength"])
    if "pattern" in schema and not re.search(schema["pattern"], text):
        raise Misread(param.name, N_("%(name)s 값을 다시 확인해 주세요."))
    return text
