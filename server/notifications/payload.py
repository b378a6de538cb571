"""What a push carries (Y16): a declarative message (Push API, `web_push` 8030), which Safari shows
without any script of ours; where a browser knows no such thing our service worker reads it."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """A push to one device: what it says, where it leads, and how to reach the device.

    `acts` are buttons: a name, its word, and the address it leads to. `unread` stands on the
    app's icon.
    """

    title: str
    body: str
    locale: str
    url: str
    acts: tuple[tuple[str, str, str], ...]
    unread: int
    tag: str
    urgent: bool
    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def declared(letter: Letter, origin: str) -> bytes:
    """The message; addresses are whole, for who shows it has no page to start from."""
    notification: dict[str, Any] = {
        "title": letter.title,
        "body": letter.body,
        "lang": letter.locale,
        "dir": "ltr",
        "navigate": origin + letter.url,
        "tag": letter.tag,
        "silent": False,
        "app_badge": str(letter.unread),
        "actions": [
            {"action": name, "title": words, "navigate": origin + url}
            for name, words, url in letter.acts
        ],
    }
    # Safari reads the count beside the words, the draft of the standard beside the whole.
    told = {"web_push": 8030, "notification": notification, "app_badge": letter.unread}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
