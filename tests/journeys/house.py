"""Every page of the house: found by following links as each kind of reader, one sample a route.

So no list of pages has to be kept: a page that nobody links to is found missing by the test that
compares what was found with the routes.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.office import Phone

OFFICIALS = ("official", "examiner", "audit", "informatics", "privacy", "admin")
READERS = ("", "resident", *OFFICIALS)
"""Who reads; '' is not signed in."""
LINK = re.compile(r"""<a\s[^>]*?href="([^"#]+)["#]""")
VISITS_MAX = 600
SAMPLES_MAX = 12
"""Pages of one route whose links are followed: not every complaint leads to the same places."""


@dataclass(frozen=True, order=True)
class Place:
    """A page as one reader finds it; `route` is the rule that answers, `path` the address."""

    reader: str
    route: str
    path: str


def route_of(routes: Any, path: str) -> str | None:
    """The rule of a GET route that answers a path, or None."""
    try:
        rule, _ = routes.bind("").match(path, method="GET", return_rule=True)
    except (RequestRedirect, HTTPException):
        return None
    return str(rule.rule)


async def walk(url: str, routes: Any, reader: str, samples_max: int = SAMPLES_MAX) -> list[Place]:
    """Follow every link from the front page on, and keep the first page of each route."""
    found: dict[str, Place] = {}
    samples: Counter[str] = Counter()
    seen: set[str] = set()
    async with Phone(url) as phone:
        if reader:
            await phone.sign_in(reader)
        waiting = ["/me", "/me/complaints", "/desk", "/", "/login", "/join", "/display"]
        while waiting and len(seen) < VISITS_MAX:
            path = waiting.pop(0)
            route = route_of(routes, urlsplit(path).path)
            if path in seen or route is None or samples[route] == samples_max:
                continue
            if route == "/display" != path:  # sets a preference and leads back
                continue
            seen.add(path)
            page = await phone.get(path, follow=False)
            if page.status in {301, 302, 303, 307, 308}:
                waiting.append(urlsplit(page.headers["Location"]).path)
                continue
            is_page = page.headers.get("Content-Type", "").startswith("text/html")
            if page.status != 200 or not is_page:
                continue
            samples[route] += 1
            found.setdefault(route, Place(reader, route, path))
            waiting += links(page.text)
    return sorted(found.values())


def links(text: str) -> list[str]:
    """The addresses of this site that a page leads to, each once, in order."""
    addresses = (html.unescape(address) for address in LINK.findall(text))
    here = (address for address in addresses if address.startswith("/"))
    return [address for address in dict.fromkeys(here) if not address.startswith("//")]


async def walk_as_all(
    url: str, routes: Any, readers: Iterable[str] = READERS, samples_max: int = SAMPLES_MAX
) -> list[Place]:
    """What each kind of reader finds."""
    walks = [await walk(url, routes, reader, samples_max) for reader in readers]
    return [place for places in walks for place in places]
