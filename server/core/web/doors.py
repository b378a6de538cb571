"""What belongs to no service of the district: built files, the worker, health, tokens, display."""

from __future__ import annotations

import hmac
import ipaddress
import json
from typing import TYPE_CHECKING, Final, cast

from quart import Response, current_app, g, jsonify, request

from server.core import crypto, i18n, metrics
from server.core.i18n import N_
from server.core.web import cookies, csrf, files, health
from server.core.web.door import Door
from server.core.web.limits import Limit
from server.core.web.pages import asset, local, redirect, render
from server.core.web.permissions import ANONYMOUS, PUBLIC
from server.core.web.problems import Forbidden

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

    from server.core.web.application import Application

door = Door("web")

FILES: Final = Limit(1200, "minute")
PAGES: Final = Limit(240, "minute")
PROBES: Final = Limit(600, "minute")
THEME: Final = "#ffffff"
SHORTCUTS: Final = (
    (N_("민원 신청"), "/complaints/new"),
    (N_("내 민원"), "/me/complaints"),
    (N_("보관함"), "/me/drafts"),
    (N_("알림"), "/me/notifications"),
)
AHEAD: Final = (
    "/",
    "/complaints",
    "/complaints?*",
    "/complaints/:number(\\d+-\\d+-\\d)",
    "/services",
    "/services/:slug",
    "/ordinance",
    "/privacy",
    "/status",
)
"""Pages that the server lets anybody fetch before somebody wants them (application.py refuses the
others, and any while something is unread that leads there): nothing is recorded, read, chosen or
earned by them."""

AT_ONCE: Final = N_("한 화면에서 민원을 신청하고 내 민원을 봅니다")
SCREENS: Final = (
    ("home", "360x740", "narrow", AT_ONCE),
    ("complaint", "360x740", "narrow", N_("처리 과정과 기한을 그대로 보여 드립니다")),
    ("wide", "1280x800", "wide", AT_ONCE),
)
"""Pictures by which a browser asks whether to install: of phones and of a computer."""


@door.get("/assets/<path:name>", who=PUBLIC, limit=FILES)
async def built(name: str) -> Response:
    """A built file; its name says its content, so a phone never asks twice."""
    return files.answer(f"assets/{name}", "public, max-age=31536000, immutable")


@door.get("/sw.js", who=PUBLIC, limit=FILES)
async def service_worker() -> Response:
    """The service worker, from the root so that it serves every page."""
    response = files.answer("sw.js", "no-cache")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@door.get("/favicon.ico", who=PUBLIC, limit=FILES)
async def favicon() -> Response:
    """What browsers ask for without being told."""
    return files.answer(asset("icon-192.png").lstrip("/"), "public, max-age=86400")


@door.get("/apple-touch-icon.png", who=PUBLIC, limit=FILES)
async def apple_touch_icon() -> Response:
    """What iPhones ask for without being told."""
    return files.answer(asset("apple-touch-icon.png").lstrip("/"), "public, max-age=86400")


@door.get("/manifest.webmanifest", who=PUBLIC, limit=FILES)
async def manifest() -> Response:
    """What a phone needs to put the office on its home screen."""
    title = cast("Application", current_app).title(i18n.locale())
    icon = {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"}
    response = jsonify(
        id="/",
        name=title,
        short_name=title,
        lang=i18n.locale(),
        start_url="/",
        scope="/",
        display="standalone",
        background_color=THEME,
        theme_color=THEME,
        icons=[
            icon,
            {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
            {
                "src": asset("monochrome.svg"),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "monochrome",
            },
        ],
        description=i18n.gettext(N_("민원을 신청하고, 처리 과정을 휴대전화로 받아 봅니다.")),
        categories=["government"],
        # A form that is being written is never led away from: whatever is opened gets a new window.
        launch_handler={"client_mode": ["navigate-new", "auto"]},
        shortcuts=[
            {"name": i18n.gettext(name), "url": url, "icons": [icon]} for name, url in SHORTCUTS
        ],
        screenshots=[
            {
                "src": asset(f"screen-{name}.png"),
                "sizes": size,
                "type": "image/png",
                "form_factor": form,
                "label": i18n.gettext(label),
            }
            for name, size, form, label in SCREENS
        ],
        share_target={
            "action": "/complaints/share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "body",
                "files": [{"name": "photos", "accept": ["image/*"]}],
            },
        },
    )
    response.content_type = "application/manifest+json"
    return response


@door.get("/ahead.json", who=PUBLIC, limit=FILES)
async def fetched_ahead() -> Response:
    """Which links a browser may fetch when a finger is on them: public pages without effects."""
    found = {"or": [{"href_matches": path} for path in AHEAD]}
    rules = {"prefetch": [{"where": found, "eagerness": "moderate"}]}
    response = Response(json.dumps(rules), content_type="application/speculationrules+json")
    g.everybody = True
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@door.get("/offline", who=PUBLIC, limit=PAGES)
async def offline() -> str:
    """The page that the worker keeps for when there is no network; of nobody."""
    g.actor = ANONYMOUS
    return await render("offline.html", of_nobody=True)


@door.get("/robots.txt", who=PUBLIC, limit=FILES)
async def robots() -> Response:
    """Public pages may be found; nobody's own."""
    closed = ("/me$", "/me/", "/desk", "/display?")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@door.get("/display", who=PUBLIC, limit=PAGES)
async def display() -> ResponseReturnValue:
    """Text size, contrast and language, kept on this device; without parameters the choices."""
    chosen = {name: request.args[name] for name in cookies.PREFERENCES if name in request.args}
    if not chosen:
        return await render("display.html", next=local(request.args.get("next")))
    for name, value in chosen.items():
        cookies.prefer(name, value)
    return redirect(local(request.args.get("next")))


@door.get("/csrf", who=PUBLIC, limit=PAGES)
async def csrf_token() -> Response:
    """A fresh token for what was written offline, and whose it would be: `{"csrf_token": …,
    "signed_in": …, "account": the id as text, or ""}`."""
    reader = g.actor
    account = str(reader.account_id) if reader.signed_in else ""
    return jsonify(csrf_token=csrf.token(), signed_in=reader.signed_in, account=account)


@door.get("/healthz", who=PUBLIC, limit=PROBES)
async def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@door.get("/readyz", who=PUBLIC, limit=PROBES)
async def readyz() -> tuple[Response, int]:
    """Database, migrations and storage stand; 503 names what does not."""
    found = await health.check()
    return jsonify(found), 200 if all(found.values()) else 503


@door.get("/metrics", who=PUBLIC, limit=PROBES)
async def metrics_page() -> Response:
    """For Prometheus, from this machine or with the token of the key directory."""
    if not _may_measure():
        raise Forbidden
    for state, count in (await health.jobs()).items():
        metrics.OUTBOX.labels(state).set(count)
    return Response(metrics.page(), content_type=metrics.CONTENT_TYPE)


def _may_measure() -> bool:
    """From this machine and not through a proxy, from a trusted network, or with the token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = crypto.get_or_create_secret("metrics").hex()
    if given and hmac.compare_digest(given.encode(), token.encode()):
        return True
    address = request.remote_addr or ""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
