"""Checks that every sentence of the pages and the program stands in the English catalogues.

Korean is the source (the msgid); `pwa/catalogues/<language>/<room>.po` carries another language.
Run as `python -m tests.catalogues`: prints what is missing, idle or broken, and fails if any is.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": None,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
HANGUL = re.compile("[가-힣]")


def sentences() -> dict[str, set[str]]:
    """Every msgid of templates and code, with the files that say it."""
    found: dict[str, set[str]] = defaultdict(set)
    places = [
        ("pwa/templates", [("**.html", "jinja2"), ("**.xml", "jinja2")], {"silent": "false"}),
        ("server", [("**.py", "python")], {}),
        ("gateways", [("**.py", "python")], {}),
    ]
    for folder, methods, options in places:
        if not (ROOT / folder).is_dir():
            continue
        options_map = {pattern: dict(options) for pattern, _ in methods}
        for name, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, methods, options_map, KEYWORDS
        ):
            for one in message if isinstance(message, tuple) else (message,):
                if one and HANGUL.search(one):
                    found[one].add(f"{folder}/{name}")
    return found


def translations(language: str) -> tuple[dict[str, str], list[str]]:
    """msgid -> translation over all rooms' catalogues, and what is wrong with them."""
    texts: dict[str, str] = {}
    faults: list[str] = []
    for path in sorted((ROOT / "pwa/catalogues" / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        for message in catalogue:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if "fuzzy" in message.flags:
                faults.append(f"{path.name}: fuzzy: {ids[0]}")
            if not all(strings):
                faults.append(f"{path.name}: not translated: {ids[0]}")
            wanted = set(PLACEHOLDER.findall(ids[0]))
            if any(set(PLACEHOLDER.findall(string or "")) - wanted for string in strings):
                faults.append(f"{path.name}: other placeholders than its source: {ids[0]}")
            if ids[0] in texts and texts[ids[0]] != strings[-1]:
                faults.append(f"{path.name}: translated otherwise in another room: {ids[0]}")
            for one in ids:
                texts[one] = strings[-1] or ""
    return texts, faults


def main() -> int:
    """Prints the faults of each language; 1 if there are any."""
    said = sentences()
    faults: list[str] = []
    for folder in sorted((ROOT / "pwa/catalogues").iterdir()):
        if not folder.is_dir():
            continue
        texts, broken = translations(folder.name)
        faults += [f"{folder.name}/{fault}" for fault in broken]
        faults += [
            f"{folder.name}: missing: {sentence!r} ({', '.join(sorted(where))})"
            for sentence, where in sorted(said.items())
            if sentence not in texts
        ]
        faults += [
            f"{folder.name}: no longer said anywhere: {sentence!r}"
            for sentence in sorted(texts)
            if sentence not in said
        ]
    print("\n".join(faults) or f"{len(said)} sentences, every catalogue complete")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
