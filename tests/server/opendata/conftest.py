"""The test office of complaints, as programs from outside ask it."""

import json
from typing import Any

from tests.server.complaints.conftest import Office, handled, office, time

__all__ = ["handled", "office", "time"]


async def asked(office: Office, path: str, **headers: str) -> Any:
    """What anybody is answered; 200."""
    answer = await office.app.test_client().get(path, headers=headers)
    text = await answer.get_data(as_text=True)
    assert answer.status_code == 200, (answer.status_code, text)
    return text


async def asked_json(office: Office, path: str) -> Any:
    """The same, read as JSON."""
    return json.loads(await asked(office, path))
