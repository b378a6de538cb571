"""The office's own web process with one more page: a constant answer, the baseline of the lists.

`python -m tests.bench.server` serves as `madang serve` does, and n equal letters at /bench/n.
"""

import asyncio
from functools import cache

from quart import Response

from server import app, config, serving
from server.core import logs
from server.core.web import PUBLIC, Door, Limit


@cache
def letters(count: int) -> bytes:
    """The same bytes each time."""
    return b"x" * count


def door() -> Door:
    """The page that does nothing but answer."""
    bench = Door("bench")

    @bench.get("/bench/<int:count>", who=PUBLIC, limit=Limit(1_000_000, "second"))
    async def constant(count: int) -> Response:
        return Response(letters(count), content_type="text/html; charset=utf-8")

    return bench


def main() -> None:
    settings = config.load()
    config.use(settings)
    logs.start(settings)
    app.doors = lambda standing=app.doors: [*standing(), door()]
    asyncio.run(serving.serve(settings, supervised=False))


if __name__ == "__main__":
    main()
