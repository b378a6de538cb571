"""Reads a profile, applies its dated changes (Y25) and refuses a bad one: file, key, clause.

A profile is a TOML file: the rule as first set, then `[[change]]` tables, each with the day it
takes effect (`from`), its ground (`basis`) and the keys it sets (`[change.set…]`).
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError

from server.ordinance.profile import Profile, contradictions
from server.ordinance.section import Clause, Section

HERE = Path(__file__).parent


class ProfileError(Exception):
    """A profile that may not be used: which file, which key, which clause, and why."""

    def __init__(self, file: Path, key: str, clause: str | None, why: str) -> None:
        super().__init__(f"{file.name}: {key or '(file)'} ({clause or 'no clause'}): {why}")
        self.file, self.key, self.clause, self.why = file, key, clause, why


@dataclass(frozen=True, slots=True)
class Edition:
    """The rule from one day on: `since` is None for the rule as first set."""

    since: date | None
    basis: str | None
    changed: tuple[str, ...]  # keys, dotted
    profile: Profile


def path_of(name: str) -> Path:
    """The file of a profile named by its slug ("osan") or by a path to a TOML file."""
    if name.endswith(".toml"):
        return Path(name)
    return HERE / f"{name}.toml"


def load(file: Path) -> tuple[Edition, ...]:
    """Every edition of a profile in order of time. ProfileError where anything is wrong."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProfileError(file, "", None, "there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise ProfileError(file, "", None, str(broken)) from broken
    changes = raw.pop("change", [])
    numbering = _numbering(raw)
    editions = [Edition(None, None, (), _checked(file, raw, numbering, ""))]
    for number, change in enumerate(changes, start=1):
        where = f"change {number}: "
        since, basis, settings = _change(file, change, where)
        before = editions[-1].since
        if before is not None and since <= before:
            raise ProfileError(file, f"{where}from", "Y25", f"{since} is not after {before}")
        raw = _merged(raw, settings)
        profile = _checked(file, raw, numbering, where)
        editions.append(Edition(since, basis, tuple(_keys(settings)), profile))
    return tuple(editions)


def _change(file: Path, change: object, where: str) -> tuple[date, str, dict[str, Any]]:
    if not isinstance(change, dict) or set(change) != {"from", "basis", "set"}:
        raise ProfileError(file, where.rstrip(": "), "Y25", "a change has from, basis and set")
    since, basis, settings = change["from"], change["basis"], change["set"]
    if type(since) is not date:
        raise ProfileError(file, f"{where}from", "Y25", "the day it takes effect is a date")
    if not isinstance(basis, str) or not basis:
        raise ProfileError(file, f"{where}basis", "Y25", "its ground is a sentence")
    if not isinstance(settings, dict) or not settings:
        raise ProfileError(file, f"{where}set", "Y25", "it sets at least one key")
    return since, basis, settings


def _numbering(raw: Mapping[str, Any]) -> str:
    ordinance = raw.get("ordinance")
    return "O" if isinstance(ordinance, dict) and ordinance.get("numbering") == "O" else "Y"


def _checked(file: Path, raw: Mapping[str, Any], numbering: str, where: str) -> Profile:
    try:
        profile = Profile.model_validate(raw)
    except ValidationError as refused:
        # One fault at a time, in the order of the file, is what somebody can mend.
        fault = refused.errors(include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        why = fault["msg"].removeprefix("Value error, ")
        clause = clause_of(fault["loc"], numbering)
        raise ProfileError(file, f"{where}{key}", clause, why) from None
    for key, clause_, why in contradictions(profile):
        raise ProfileError(file, f"{where}{key}", clause_.named(numbering), why)
    if not (HERE / "texts" / profile.ordinance.text).is_file():
        raise ProfileError(file, f"{where}ordinance.text", None, "there is no such text")
    return profile


def clause_of(location: tuple[int | str, ...], numbering: str) -> str | None:
    """The id of the clause nearest to a key; None where the key carries out none."""
    found: Clause | None = None
    section: type[Section] | None = Profile
    for part in location:
        if section is None or not isinstance(part, str) or part not in section.model_fields:
            continue
        field = section.model_fields[part]
        section = _section(field.annotation)
        if section is not None and section.clause is not None:
            found = section.clause
        found = next((mark for mark in field.metadata if isinstance(mark, Clause)), found)
    return found.named(numbering) if found else None


def _section(annotation: Any) -> type[Section] | None:
    """The table behind an annotation: through `X | None` and rows of X."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    if get_origin(annotation) in (Union, UnionType, tuple):
        return next(filter(None, map(_section, get_args(annotation))), None)
    alias = get_origin(annotation)
    if alias is not None and get_args(annotation):  # Row[X]
        return next(filter(None, map(_section, get_args(annotation))), None)
    return None


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        was = result.get(key)
        both = isinstance(was, dict) and isinstance(value, dict)
        result[key] = _merged(was, value) if both else value  # type: ignore[arg-type]
    return result


def _keys(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
