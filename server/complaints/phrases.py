"""A sentence with its values, made by the rules and put into the reader's language by the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` is a Korean msgid with %(name)s places; a value may be a date or a phrase itself."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
