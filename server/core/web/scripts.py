"""What a script reads that sends a form in its page's place: where it led, or what was refused.

Browsers hide the address of a redirect from scripts, and a page is much to send for a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import g, jsonify, request

from server.core.web.refusals import wants_json

if TYPE_CHECKING:
    from quart import Response

__all__ = ["answered"]


def answered(response: Response) -> Response:
    """The answer to a form that was sent with `Accept: application/json`.

    `{"location": …}` where it led on; null where it came back to ask something (200), or was
    refused: then `faults` says each reason in a sentence. Everything else stays as it is.
    """
    form = g.get("form")
    if request.method != "POST" or form is None or not wants_json():
        return response
    if response.status_code == 303:
        return jsonify(location=response.headers["Location"], faults=[])
    if response.mimetype != "text/html":
        return response
    said = jsonify(location=None, faults=form.faults)
    said.status_code = response.status_code
    return said
