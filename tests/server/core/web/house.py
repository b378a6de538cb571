"""Routes of every sort, for what no slice should have to prove."""

from typing import Any

from quart import Response, current_app, request

from server.core import i18n
from server.core.forms import Form
from server.core.web import (
    ANONYMOUS_ONLY,
    KB,
    MB,
    PUBLIC,
    SIGNED_IN,
    Door,
    Limit,
    Problem,
    actor,
    forget_session,
    redirect,
    remember_session,
    role,
)
from server.core.web.flashes import flash
from server.core.web.pages import frame

OFTEN = Limit(10_000, "second")
FORM = (
    '<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">'
    '<input type="hidden" name="form_key" value="{{ form_key() }}"></form>'
)

door = Door("small")


def said(source: str, **context: Any) -> str:
    """A template of a line or two, filled as `render` fills those of files."""
    app: Any = current_app
    return str(app.templates[i18n.locale()].from_string(source).render(frame() | context))


@door.get("/form", who=PUBLIC, limit=OFTEN)
async def form_page() -> str:
    return said(FORM)


@door.post("/form", who=PUBLIC, limit=OFTEN, body_max=64 * KB)
async def form_sent() -> Any:
    form = await Form.read()
    return {
        "texts": list((await request.form).items(multi=True)),
        "claim": form.claim.digest.hex() if form.claim else None,
    }


@door.post("/files", who=PUBLIC, limit=OFTEN, body_max=8 * MB)
async def files_sent() -> Any:
    await Form.read()
    return {
        name: [file.filename, len(file.read()), type(file.stream).__name__]
        for name, file in (await request.files).items()
    }


@door.post("/json", who=PUBLIC, limit=OFTEN, csrf="a test without forms")
async def json_sent() -> Any:
    return {"got": await request.get_json()}


@door.post("/refuse", who=PUBLIC, limit=OFTEN)
async def refuse() -> Any:
    await Form.read()
    raise Problem("small.refused", "안 됩니다. %(why)s", 409, why="<b>")


@door.post("/notice", who=PUBLIC, limit=OFTEN)
async def notice() -> Any:
    flash("보냈습니다. (%(count)s건)", count=3)
    return redirect("/told")


@door.get("/told", who=PUBLIC, limit=OFTEN)
async def told() -> str:
    return said("{{ get_flashed_messages() | join }}")


@door.get("/mine", who=SIGNED_IN, limit=OFTEN)
async def mine() -> str:
    return f"<p>{actor().name}</p>"


@door.post("/mine", who=SIGNED_IN, limit=OFTEN)
async def mine_sent() -> Any:
    return redirect("/mine")


@door.get("/desk", who=role("handler") | role("admin"), limit=OFTEN)
async def desk() -> str:
    return "desk"


@door.get("/enter", who=ANONYMOUS_ONLY, limit=OFTEN)
async def enter() -> str:
    return "enter"


@door.post("/enter", who=ANONYMOUS_ONLY, limit=OFTEN)
async def entered() -> Any:
    remember_session("kim", 60)
    return redirect("/mine")


@door.post("/leave", who=SIGNED_IN, limit=OFTEN)
async def leave() -> Any:
    forget_session()
    return redirect("/")


@door.get("/rare", who=PUBLIC, limit=Limit(2, "hour"))
async def rare() -> str:
    return "rare"


@door.get("/broken", who=PUBLIC, limit=OFTEN)
async def broken() -> str:
    raise ZeroDivisionError("010-1234-5678")


@door.get("/long", who=PUBLIC, limit=OFTEN)
async def long() -> Response:
    return Response("가" * 2000, content_type="text/html; charset=utf-8")


@door.get("/number/<int:number>", who=PUBLIC, limit=OFTEN)
async def numbered(number: int) -> str:
    return str(number)
