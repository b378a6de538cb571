"""Every route that is about one thing, as every role, asked about somebody else's: nobody without a
part in it reads a word of it, and nothing of it changes (Y10-2, Y12-2, Y22-1)."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from werkzeug.routing import Rule

from gateways.encode import numbers
from server.accounts import service as accounts
from server.addressbook import service as addressbook
from server.complaints.answers.models import Enclosure, Letter, StockPhrase
from server.complaints.models import Complaint, Photo
from server.core import db
from server.messages import service as messages
from server.notifications.models import Notification
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    OFFICIAL_PASSWORD,
    ONE_ENGINE,
    Office,
    done,
    multipart,
    picture,
    text,
)

SECRETS = (
    "비밀의 제목",
    "비밀의 내용",
    "비밀의 골목",
    "비밀의 소식",
    "비밀의 답변",
    "비밀의 메모",
    "비밀의 불복",
    "비밀의 설명",
    "비밀의 문자",
    "비밀의 친구",
    "비밀의 틀",
    "김영희",
    "010-1234-5678",
    "kim@example.kr",
)
NO_PART = {
    "kwon": ("privacy", "informatics"),
    "admin2": ("admin", "informatics"),
    "bae": ("cashier", "cleaning"),
    "myung": ("head", "cleaning"),
    "song": ("team_head", "cleaning"),
}
"""Beside lee (a resident), choi (a handler of another department), jang (informatics) and anybody:
those whose role has no part in the complaint."""

FEW = ("lee", "choi")
EVERYBODY = (None, *FEW, "jang", *NO_PART)
WITH_A_PART = re.compile(
    r"/pay/|/desk/(payments|officials|departments|queue|sent|messages)|/callbacks/"
)
"""What is meant for them: what is to be paid by whoever holds its reference, and rooms of a role's
own, none of which is about this complaint."""

ALSO = {
    "/complaints/<number>/unlock": {200, 422, 429},  # asks for the password, if any, so often
    "/desk/field/<number>": {409},  # says of every number but one's own that others have the case
}
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}
OF_THESE = re.compile(r"complaint|publication|message|contact|document|charge")
FIELDS = {
    "version": "1",
    "text": "남의 글",
    "reason": "남의 글",
    "reasons": "남의 글",
    "remedies": "남의 글",
    "kind": "noise",
    "to": "1:",
    "step": "on_site",
    "outcome": "done",
    "days": "5",
    "until": "2026-12-07",
    "cause": "facts",
    "agency": "서울특별시",
    "ground": "personal",
    "act": "hide",
    "decision": "granted",
    "score": "1",
    "public": "y",
    "agreed": "y",
    "confirm": "y",
    "declared": "y",
    "password": "Munrae-dong 3-ga!",
    "title": "남의 글",
    "name": "남의 이름",
    "number": "010-0000-0000",
}
"""What the forms ask for, all of it with each: none gets so far as to be read."""


async def world(office: Office) -> dict[str, str]:
    """Kim's private complaint with all that belongs to it, and what else kim has; the parts of
    addresses that lead to it."""
    for login_id, (role, department) in NO_PART.items():
        created = await accounts.create_official(
            login_id,
            "구직원",
            office.departments[department],
            {role},
            password=OFFICIAL_PASSWORD,
            must_change_password=False,
        )
        office.accounts[login_id] = created.account_id
    filed = {
        "topic": "street-lamp",
        "title": "비밀의 제목",
        "body": "비밀의 내용",
        "place": "비밀의 골목",
        "reply_by": "letter",
        "address": "비밀의 골목 1",
    }
    answer = await office.post_files("kim", filed, [("lamp.jpg", picture())])
    assert answer.status_code == 303, await text(answer)
    number = str(answer.headers["Location"]).rpartition("/")[2]
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    await done(await office.act("clerk", number, "accept", kind="land-price"))
    await done(await office.act("clerk", number, "assign", to=roads))
    await done(await office.act("park", number, "note", step="on_site", text="비밀의 소식"))
    memos = f"/desk/complaints/{number}/memos"
    await done(await office.post("park", memos, {"text": "비밀의 메모"}))
    client = await office.browser("park")
    hidden = hidden_fields(await office.page("park", memos))
    shot = multipart({**hidden, "caption": "비밀의 설명"}, [("site.jpg", picture())])
    shot["data"] = shot["data"].replace(b'name="photos"', b'name="photo"')
    await done(await client.post(f"{memos}/photo", **shot))
    phrase = {"title": "비밀의 틀", "text": "비밀의 틀", "topic": ""}
    await done(await office.post("park", "/desk/phrases", phrase))
    kim = office.accounts["kim"]
    code = await accounts.issue_code(office.accounts["clerk"], "kim", "김영희", date(1990, 1, 5))
    person_id = await accounts.verify(kim, code.code)
    order = await messages.draft_sms(
        kim, person_id, [numbers.parse("010-2345-6789")], "비밀의 문자"
    )
    friend = await addressbook.add(
        kim, "비밀의 친구", numbers.parse("010-2345-6789"), (), "비밀의 친구"
    )
    group = (await addressbook.book(kim)).shelves[0].id
    letter = await Letter.filter(complaint__number=number).order_by("-id").first()
    told = await Notification.filter(account_id=kim).order_by("id").first()
    phrase_row = await StockPhrase.all().first()
    enclosed = await Enclosure.all().first()
    assert letter
    assert told
    assert phrase_row
    assert enclosed
    return {
        "number": number,
        "photo": "1",
        "page": "1",
        "kind": "receipt",
        "key": str(enclosed.key),
        "message_id": str(order),
        "contact_id": str(friend),
        "group_id": str(group),
        "letter_id": str(letter.id),
        "id": str(told.id),
        "phrase_id": str(phrase_row.id),
    }


def addresses(app: Any, parts: dict[str, str]) -> Iterator[tuple[str, Rule, str]]:
    """Every method and address that is about one of kim's things."""
    for rule in app.url_map.iter_rules():
        if not rule.arguments or not rule.arguments <= parts.keys() | set(rule.defaults or ()):
            continue
        if WITH_A_PART.match(rule.rule) or "/versions/" in rule.rule:
            continue
        address = re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: parts[found[1]], rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, rule, address


async def as_it_stands() -> dict[str, str]:
    """Everything that the database holds of complaints, messages and address books, by table."""
    rows = await db.fetch(TABLES[db.dialect()])
    names = [row["name"] for row in rows if OF_THESE.match(row["name"])]
    assert len(names) > 30
    found = {}
    for name in sorted(names):
        rows = await db.fetch(f"SELECT * FROM {name}")
        lines = sorted(str(sorted(row.items())) for row in rows)
        found[name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


async def walk(office: Office, readers: tuple[str | None, ...]) -> int:
    """Ask for everything as each reader; how much was asked."""
    office.app.limits = type(office.app.limits)("off")
    parts = await world(office)
    assert not await Complaint.filter(number=parts["number"], public=True).exists()
    assert await Photo.filter(complaint__number=parts["number"]).count() == 1
    before, asked = await as_it_stands(), 0
    for reader in readers:
        client = await office.browser(reader) if reader else office.app.test_client()
        own = "/me/settings" if reader else "/login"
        hidden = hidden_fields(await text(await client.get(own)))
        for method, rule, address in addresses(office.app, parts):
            form = {"form": {**hidden, **FIELDS}} if method == "POST" else {}
            answer = await client.open(address, method=method, **form)
            said = await answer.get_data(as_text=False)
            words = said.decode("utf-8", "replace")
            where = f"{method} {rule.rule} as {reader}: {answer.status_code}"
            assert not [secret for secret in SECRETS if secret in words], where
            assert answer.status_code in {303, 401, 403, 404} | ALSO.get(rule.rule, set()), where
            assert not answer.headers["Content-Type"].startswith(("image/", "application/pdf"))
            asked += 1
        assert await as_it_stands() == before, f"{reader} has changed something"
    return asked


@ONE_ENGINE
async def test_nobody_without_a_part_reads_or_changes_anything(office: Office) -> None:
    """A resident, and an official of another department."""
    assert await walk(office, FEW) > 200


@pytest.mark.prove
async def test_no_role_without_a_part_reads_or_changes_anything(office: Office) -> None:
    """Every role, on both databases."""
    assert await walk(office, EVERYBODY) > 900
