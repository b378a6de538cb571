"""A resident who forgot the password gets a temporary one at the desk (Y24)."""

from typing import Any

import pytest

from server.core import db
from server.notifications.models import Notification
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import Desk, text

CARD = {"who": "kim", "name": "김영희", "birth_date": "1990-01-05"}


async def given(client: Any, people: People, **changes: str) -> str:
    """The temporary password that an official's browser gets at /desk/password."""
    answer = await people.post(client, "/desk/password", CARD | changes)
    page = await text(answer)
    assert answer.status_code == 200, page
    assert 'href="/desk/password">다음 사람</a>' in page
    return page.partition('id="password"')[2].partition(">")[2].partition("<")[0]


@pytest.mark.parametrize("who", ["kim", "010-1234-5678"])
async def test_a_forgotten_password_is_replaced(
    app: Any, people: People, desk: Desk, joined: Any, signed_in: Any, worker: Any, who: str
) -> None:
    before = await joined()
    temporary = await given(await signed_in("clerk"), people, who=who)
    assert (await before.get("/me")).headers["Location"] == "/login?next=/me"
    old = {"login_id": "kim", "password": PASSWORD}
    assert (await people.post(app.test_client(), "/login", old)).status_code == 422
    again = app.test_client()
    await people.sign_in(again, "kim", temporary)
    assert (await again.get("/complaints/new")).headers["Location"] == "/me/password"
    fields = {"password": temporary, "new_password": "kite river lamp sugar"}
    answer = await people.post(again, "/me/password", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    done = await db.fetch(
        "SELECT actor_id FROM audit_entry WHERE action = 'accounts.password_reset'"
    )
    assert [row["actor_id"] for row in done] == [desk.clerk]
    await worker.drain()
    assert await Notification.filter(kind="account.password_reset").count() == 1


async def test_wrong_guesses_before_no_longer_lock_the_resident_out(
    app: Any, people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    await joined()
    guesser = app.test_client()
    statuses = set()
    for number in range(12):
        guess = {"login_id": "kim", "password": f"guess number {number}"}
        statuses.add((await people.post(guesser, "/login", guess)).status_code)
    assert 429 in statuses
    temporary = await given(await signed_in("clerk"), people)
    await people.sign_in(app.test_client(), "kim", temporary)


@pytest.mark.parametrize(
    "changes",
    [{"who": "lee"}, {"name": "김영호"}, {"birth_date": "1990-01-06"}, {"who": "clerk"}],
)
async def test_a_card_that_does_not_fit_changes_nothing(
    app: Any, people: People, desk: Desk, joined: Any, signed_in: Any, changes: dict[str, str]
) -> None:
    client = await joined()
    card = CARD | changes
    answer = await people.post(await signed_in("clerk"), "/desk/password", card)
    page = await text(answer)
    assert answer.status_code == 422
    assert "모두 맞는 계정이 없습니다" in page
    assert all(f'value="{typed}"' in page for typed in card.values())
    assert (await client.get("/me")).status_code == 200


async def test_the_form_sent_twice_makes_one_password(
    app: Any, people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    await joined()
    clerk = await signed_in("clerk")
    form = hidden_fields(await text(await clerk.get("/desk/password"))) | CARD
    answers = [await clerk.post("/desk/password", form=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    page = await text(answers[0])
    temporary = page.partition('id="password"')[2].partition(">")[2].partition("<")[0]
    await people.sign_in(app.test_client(), "kim", temporary)
