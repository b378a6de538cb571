"""The web as the slices see it: doors, permissions, limits, problems, pages.

A view is: `form = await Form.read()`, a service call, `return redirect(...)` or
`return await render(...), 422`.
"""

from server.core.web.calls import Call, called, calling
from server.core.web.clients import client
from server.core.web.cookies import (
    close_case,
    forget_session,
    open_case,
    remember_session,
    session_token,
)
from server.core.web.csrf import actor_key
from server.core.web.door import KB, MB, Door, Policy
from server.core.web.flashes import flash
from server.core.web.limits import Limit
from server.core.web.live import follow, unfollow
from server.core.web.pages import asset, keep_on_phone, local, number, redirect, render
from server.core.web.permissions import (
    ANONYMOUS_ONLY,
    APPLICANT,
    OFFICIAL,
    PUBLIC,
    SIGNED_IN,
    VERIFIED,
    Actor,
    Permission,
    actor,
    ahead,
    role,
)
from server.core.web.problems import (
    Closed,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooMany,
    Unreadable,
)

__all__ = [
    "ANONYMOUS_ONLY",
    "APPLICANT",
    "KB",
    "MB",
    "OFFICIAL",
    "PUBLIC",
    "SIGNED_IN",
    "VERIFIED",
    "Actor",
    "Call",
    "Closed",
    "Conflict",
    "Door",
    "Forbidden",
    "Invalid",
    "Limit",
    "NotFound",
    "Permission",
    "Policy",
    "Problem",
    "TooMany",
    "Unreadable",
    "actor",
    "actor_key",
    "ahead",
    "asset",
    "called",
    "calling",
    "client",
    "close_case",
    "flash",
    "follow",
    "forget_session",
    "keep_on_phone",
    "local",
    "number",
    "open_case",
    "redirect",
    "remember_session",
    "render",
    "role",
    "session_token",
    "unfollow",
]
