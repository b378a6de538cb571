"""A form that was posted: acted upon, or back on its page with everything that was typed."""

from collections.abc import Awaitable, Callable

from quart.typing import ResponseReturnValue

from server.core.forms import Form
from server.core.web import Problem, redirect
from server.core.web.flashes import flash


async def posted(
    form: Form,
    act: Callable[[], Awaitable[object]],
    *,
    to: str,
    done: str,
    back: Callable[[], Awaitable[str]],
) -> ResponseReturnValue:
    """Act on the form, say `done`, go on `to`; refused, its page comes `back` with the reason.

    Raises what forbids the act itself, or hides whose it is (403, 404).
    """
    status = 422
    if form.validate():
        try:
            await act()
        except Problem as problem:
            if problem.status in {403, 404}:
                raise
            form.complain(problem)
            status = problem.status
        else:
            flash(done)
            return redirect(to)
    return await back(), status
