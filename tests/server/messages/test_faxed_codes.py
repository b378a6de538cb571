"""Codes that the office prints at its own cost: so many a day, by day, and none that is too late
(Y15-4, Network Act 50)."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateways.encode import numbers
from server.core import clock, crypto, db
from server.core.web import Problem
from server.fairuse import codes, counting, stopping
from server.fairuse import service as fairuse
from server.messages.fair import switching
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from tests.people import hidden_fields

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

OUT = "/messages/opt-out"
MACHINE = "02-2670-3500"


@pytest.fixture
def by_day(clock_at: Any) -> Iterator[None]:
    with clock_at("2026-11-23T10:00+09:00"):
        yield


async def asked(app: Any, number: str = MACHINE, by: str = "fax") -> tuple[int, str, str]:
    """What somebody without an account and without a script is told."""
    anybody = app.test_client()
    page = await (await anybody.get(OUT)).get_data(as_text=True)
    wish = {"by": by, "wish": "opt_in", "number": number}
    answer = await anybody.post(OUT, form=hidden_fields(page) | wish)
    return answer.status_code, answer.headers.get("Location", ""), await answer.get_data(True)


async def refused(app: Any, number: str, status: int, words: str) -> None:
    """Nothing typed is lost, and nothing is sent."""
    was, _, page = await asked(app, number)
    assert (was, words in page) == (status, True), page
    assert f'value="{number}"' in page
    for chosen in ("fax", "opt_in"):
        assert re.search(rf'value="{chosen}"[^>]*checked', page)
    assert await db.fetch("SELECT id FROM outbox_job WHERE topic = 'fairuse.code'") == []


@pytest.mark.parametrize("number", ["1588-1234", "080-123-4567", "030-1234-5678", "0505-123-4567"])
async def test_none_to_numbers_that_lead_elsewhere(
    app: Any, carrier: Any, by_day: None, number: str
) -> None:
    await refused(app, number, 422, "080, 030, 050")


async def test_none_that_may_be_printed_at_night(app: Any, carrier: Any, clock_at: Any) -> None:
    with clock_at("2026-11-23T20:00+09:00"):
        await refused(app, MACHINE, 409, "20:00부터 08:00까지")
        assert (await asked(app, "010-1234-5678", "sms"))[0] == 303
    with clock_at("2026-11-24T07:59+09:00"):
        assert (await asked(app))[0] == 409
    with clock_at("2026-11-24T08:00+09:00"):
        assert (await asked(app))[0] == 303


async def test_none_once_the_budget_is_used_up(
    app: Any, carrier: Any, by_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def used_up() -> bool:
        return True

    monkeypatch.setattr(mileage, "used_up", used_up)
    await refused(app, MACHINE, 503, "예산을 다 써서")


async def test_the_office_prints_so_many_a_day(app: Any, carrier: Any, by_day: None) -> None:
    most = fairuse.fair_use(ordinance.profile(clock.today())).fax_codes_per_day_max
    today = clock.today().isoformat()
    assert await counting.add(codes.FAXED, today, most - 1, most)
    first = numbers.parse("02-2670-3501")
    await codes.issue("opt_out", first, by="fax")
    with pytest.raises(Problem) as fault:
        await codes.issue("opt_out", numbers.parse(MACHINE), by="fax")
    assert (fault.value.code, fault.value.status) == ("fairuse.code_office_day", 429)
    assert (await asked(app))[0] == 429
    assert await counting.counted(codes.FAXED, today) == most
    assert (await asked(app, "010-1234-5678", "sms"))[0] == 303
    with clock.use(clock.now() + timedelta(days=1)):
        assert (await asked(app))[0] == 303


async def test_after_a_stop_no_code_is_printed_that_nobody_can_type(
    app: Any, carrier: Any, worker: Any, by_day: None
) -> None:
    """One was queued before the stop, one had not been drawn."""
    early = await codes.issue("opt_out", numbers.parse(MACHINE), by="fax")
    await stopping.stop("통신사 장애", None)
    assert (await asked(app))[0] == 503
    await worker.drain()
    assert (await Delivery.get()).state == "queued"
    assert await switching.resume(None)
    late = await codes.issue("opt_out", numbers.parse("02-2670-3501"), by="fax")
    with clock.use(clock.now() + timedelta(minutes=codes.FAX_MINUTES + 1)):
        await db.execute("UPDATE outbox_job SET due_at = ?", [clock.now()])
        await worker.drain()
    assert await carrier.handed_over() == {}
    delivery = await Delivery.get()
    assert (delivery.state, delivery.reason, delivery.charged) == ("failed", "code_over", 0)
    assert await fairuse.codes_over({early, late}) == set()  # by the clock of this moment
    assert not await Message.exists(id=late)


async def test_a_code_of_an_earlier_release_is_sent_by_sms(
    app: Any, carrier: Any, worker: Any, by_day: None
) -> None:
    code_id = await codes.issue("opt_out", numbers.parse("010-1234-5678"))
    (row,) = await db.fetch("SELECT id, payload FROM outbox_job WHERE topic = 'fairuse.code'")
    payload = json.loads(row["payload"])
    letter = json.loads(crypto.unseal(bytes.fromhex(payload["letter"]), codes.CODE))
    del letter["by"]
    payload["letter"] = crypto.seal(json.dumps(letter).encode(), codes.CODE).hex()
    await db.execute(
        "UPDATE outbox_job SET payload = ? WHERE id = ?", [json.dumps(payload), row["id"]]
    )
    await worker.drain()
    message = await Message.get(paid_by="office")
    assert (UUID(str(message.id)), message.kind) == (code_id, "sms")
