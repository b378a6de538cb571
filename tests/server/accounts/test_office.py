"""The office's people: exactly the powers of a role, substitutes, changes that hold at once."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from server.accounts import rules, service
from server.accounts.models import Account, Department, RoleGrant, Substitute
from server.core import clock, db
from server.core.web.problems import Problem
from tests.people import People, hidden_fields
from tests.server.accounts.conftest import OFFICIAL_PASSWORD, Desk, make_official, text

PAGES = {
    "/desk/verify": {"complaints", "admin"},
    "/desk/password": {"complaints", "admin"},
    "/desk/departments": {"admin"},
    "/desk/departments/new": {"admin"},
    "/desk/departments/1": {"admin"},
    "/desk/officials": {"admin"},
    "/desk/officials/new": {"admin"},
    "/desk/officials/1": {"admin"},
    "/desk/substitutes": {"admin", "head"},
    "/desk/substitutes/new": {"admin", "head"},
}
ACTS = {
    "/desk/verify": {"complaints", "admin"},
    "/desk/password": {"complaints", "admin"},
    "/desk/departments/new": {"admin"},
    "/desk/departments/1": {"admin"},
    "/desk/officials/new": {"admin"},
    "/desk/officials/1": {"admin"},
    "/desk/officials/1/close": {"admin"},
    "/desk/officials/1/reopen": {"admin"},
    "/desk/officials/1/password": {"admin"},
    "/desk/officials/1/factors": {"admin"},
    "/desk/substitutes/new": {"admin", "head"},
    "/desk/substitutes/1/end": {"admin", "head"},
}


@pytest.mark.parametrize("role", [*rules.ROLES, "none"])
async def test_each_role_enters_exactly_its_rooms(
    desk: Desk, people: People, signed_in: Any, role: str
) -> None:
    await make_official("one", desk.roads, *({role} & rules.ROLES.keys()))
    client = await signed_in("one")
    for path, allowed in PAGES.items():
        status = (await client.get(path)).status_code
        assert (status == 200) == (role in allowed), (path, status)
        assert status in {200, 403}
    form = hidden_fields(await text(await client.get("/me/password")))
    for path, allowed in ACTS.items():
        status = (await client.post(path, form=form)).status_code
        assert (status != 403) == (role in allowed), (path, status)


async def test_residents_and_strangers_enter_none_of_them(
    app: Any, desk: Desk, people: People, joined: Any
) -> None:
    resident, stranger = await joined(), app.test_client()
    form = hidden_fields(await text(await resident.get("/me/settings")))
    for path in PAGES:
        assert (await resident.get(path)).status_code == 403
        answer = await stranger.get(path)
        assert answer.headers["Location"] == f"/login?next={path}"
    for path in ACTS:
        assert (await resident.post(path, form=form)).status_code == 403
        assert (await stranger.post(path, form={})).status_code == 401


async def test_the_matrix_names_every_route_of_the_desk_here(app: Any) -> None:
    routes = {
        (rule.rule.replace("<int:department_id>", "1"), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith(("desk_identity.", "desk_office."))
    }
    named = {(path, "GET") for path in PAGES} | {(path, "POST") for path in ACTS}
    plain = {
        (path.replace("<int:account_id>", "1").replace("<int:absence_id>", "1"), method)
        for path, method in routes
    }
    assert plain == named


async def test_a_role_taken_away_is_gone_with_the_next_request(
    desk: Desk, people: People, signed_in: Any
) -> None:
    chief, clerk = await signed_in("chief"), await signed_in("clerk")
    assert (await clerk.get("/desk/verify")).status_code == 200
    fields = {"login_id": "clerk", "name": "박철수", "department": str(desk.affairs)}
    path = f"/desk/officials/{desk.clerk}"
    answer = await people.post(chief, path, fields | {"roles": "handler"})
    assert answer.status_code == 303
    assert (await clerk.get("/desk/verify")).status_code == 403
    answer = await people.post(chief, path, fields)
    assert answer.status_code == 303
    assert await RoleGrant.filter(account_id=desk.clerk).count() == 0


async def test_closing_an_account_ends_its_sessions_at_once(
    app: Any, desk: Desk, people: People, signed_in: Any
) -> None:
    chief, clerk = await signed_in("chief"), await signed_in("clerk")
    path = f"/desk/officials/{desk.clerk}"
    await people.post(chief, f"{path}/close", {}, form_at=path)
    assert (await clerk.get("/me/settings")).status_code == 303
    fields = {"login_id": "clerk", "password": OFFICIAL_PASSWORD}
    assert (await people.post(app.test_client(), "/login", fields)).status_code == 422
    await people.post(chief, f"{path}/reopen", {}, form_at=path)
    await signed_in("clerk")


async def test_somebody_is_left_who_manages_accounts(
    desk: Desk, people: People, signed_in: Any
) -> None:
    chief = await signed_in("chief")
    path = f"/desk/officials/{desk.admin}"
    fields = {"login_id": "chief", "name": "박철수", "department": "0", "roles": "audit"}
    answer = await people.post(chief, path, fields)
    assert answer.status_code == 409
    assert "한 명은 남아야" in await text(answer)
    answer = await people.post(chief, f"{path}/close", {}, form_at=path)
    assert answer.status_code == 409
    assert (await service.official(desk.admin)).active


async def test_a_temporary_password_is_shown_once_and_changed(
    app: Any, desk: Desk, people: People, signed_in: Any
) -> None:
    chief, clerk = await signed_in("chief"), await signed_in("clerk")
    path = f"/desk/officials/{desk.clerk}"
    answer = await people.post(chief, f"{path}/password", {}, form_at=path)
    page = await text(answer)
    temporary = page.partition('id="password"')[2].partition(">")[2].partition("<")[0]
    assert 'href="/desk/officials">직원 목록</a>' in page
    assert (await clerk.get("/me/settings")).status_code == 303
    assert temporary not in await text(await chief.get(path))
    again = app.test_client()
    await people.sign_in(again, "clerk", temporary)
    assert (await again.get("/desk/verify")).headers["Location"] == "/me/password"


async def test_after_a_forced_change_work_begins(
    app: Any, desk: Desk, people: People, signed_in: Any
) -> None:
    chief = await signed_in("chief")
    path = f"/desk/officials/{desk.clerk}"
    page = await text(await people.post(chief, f"{path}/password", {}, form_at=path))
    temporary = page.partition('id="password"')[2].partition(">")[2].partition("<")[0]
    clerk = app.test_client()
    await people.sign_in(clerk, "clerk", temporary)
    fields = {"password": temporary, "new_password": "Dorim-cheon 4 kil?"}
    answer = await people.post(clerk, "/me/password", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")


@pytest.mark.parametrize("role", ["handler", "head"])
async def test_who_handles_complaints_needs_a_department(
    desk: Desk, people: People, signed_in: Any, role: str
) -> None:
    fields = {"login_id": "saerom", "name": "정새롬", "department": "0", "roles": role}
    answer = await people.post(await signed_in("chief"), "/desk/officials/new", fields)
    page = await text(answer)
    assert answer.status_code == 422
    assert "부서가 있어야 합니다" in page
    assert 'value="정새롬"' in page


async def test_a_login_id_of_another_official_is_refused(
    desk: Desk, people: People, signed_in: Any
) -> None:
    chief = await signed_in("chief")
    fields = {"login_id": "Clerk", "name": "홍길동", "department": str(desk.roads)}
    answer = await people.post(chief, "/desk/officials/new", fields)
    page = await text(answer)
    assert answer.status_code == 422
    assert "이미 쓰고 있는 아이디" in page
    assert 'value="홍길동"' in page


async def test_looking_at_an_official_is_recorded(
    desk: Desk, people: People, signed_in: Any
) -> None:
    chief = await signed_in("chief")
    await chief.get(f"/desk/officials/{desk.clerk}")
    (row,) = await db.fetch("SELECT * FROM audit_entry WHERE action = 'accessed'")
    assert (row["subject"], row["actor_id"]) == (f"account:{desk.clerk}", desk.admin)


async def test_departments_are_made_changed_and_dissolved(
    desk: Desk, people: People, signed_in: Any
) -> None:
    chief = await signed_in("chief")
    fields = {"slug": "parks", "name": "공원녹지과", "name_en": "Parks", "phone": "0226703700"}
    answer = await people.post(chief, "/desk/departments/new", fields | {"active": "y"})
    assert answer.status_code == 303
    row = await Department.get(slug="parks")
    assert (row.name, row.phone, row.active) == ("공원녹지과", "02-2670-3700", True)
    answer = await people.post(chief, "/desk/departments/new", fields)
    assert answer.status_code == 409
    path = f"/desk/departments/{row.id}"
    answer = await people.post(chief, path, fields | {"name_en": "Parks and Green"})
    assert answer.status_code == 303
    row = await Department.get(slug="parks")
    assert (row.name_en, row.active) == ("Parks and Green", False)
    assert "parks" not in {one.slug for one in await service.departments()}
    used = {"slug": "affairs", "name": "민원여권과", "name_en": "Affairs", "phone": "02-2670-3114"}
    answer = await people.post(chief, f"/desk/departments/{desk.affairs}", used)
    assert answer.status_code == 409


# Substitutes


async def stand_in(absent: int, other: int, first: date, last: date) -> int:
    return await service.set_substitute(absent, other, first, last, actor_id=None)


async def test_a_substitute_is_told_and_may_do_the_work(
    desk: Desk, people: People, signed_in: Any, clock_at: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        other = await make_official("other", desk.affairs, "handler")
        today = clock.today()
        await stand_in(desk.clerk, other, today, today)
        assert await service.officials_of(desk.affairs) == [other]
        assert await service.officials_with("complaints") == [other]
        client = await signed_in("other")
        assert (await client.get("/desk/verify")).status_code == 200
    with clock_at("2026-11-24T00:00+09:00"):
        assert await service.officials_of(desk.affairs) == sorted([desk.clerk, other])
        assert await service.officials_with("complaints") == [desk.clerk]
        client = await signed_in("other")
        assert (await client.get("/desk/verify")).status_code == 403


async def test_oversight_and_keys_are_never_passed_on(
    desk: Desk, people: People, signed_in: Any
) -> None:
    boss = await make_official("boss", desk.affairs, "admin", "audit", "privacy", "informatics")
    other = await make_official("other", desk.affairs, "handler")
    today = clock.today()
    await stand_in(boss, other, today, today + timedelta(days=3))
    client = await signed_in("other")
    assert (await client.get("/desk/officials")).status_code == 403
    for role in ("audit", "privacy", "informatics"):
        assert await service.officials_with(role) == [boss]


async def test_a_substitute_who_is_absent_has_one_too(desk: Desk, app: Any) -> None:
    second = await make_official("second", desk.affairs, "handler")
    third = await make_official("third", desk.affairs, "handler")
    today = clock.today()
    await stand_in(desk.clerk, second, today, today)
    await stand_in(second, third, today, today)
    assert await service.officials_of(desk.affairs) == [third]


async def test_substitutes_over_the_pages(
    desk: Desk, people: People, signed_in: Any, clock_at: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        await make_official("head", desk.affairs, "head")
        other = await make_official("other", desk.affairs, "handler")
        head = await signed_in("head")
        fields = {
            "absent": str(desk.clerk),
            "substitute": str(other),
            "first_day": "2026-11-23",
            "last_day": "2026-11-27",
        }
        answer = await people.post(head, "/desk/substitutes/new", fields)
        assert answer.status_code == 303
        page = await text(await head.get("/desk/substitutes"))
        assert "박철수 대신 박철수" in page
        assert "11월 27일" in page
        answer = await people.post(head, "/desk/substitutes/new", fields)
        assert answer.status_code == 409
        for change, status in (
            ({"substitute": str(desk.clerk), "first_day": "2026-12-01"}, 422),
            ({"last_day": "2026-11-20"}, 422),
            ({"first_day": "soon"}, 422),
            ({"absent": "999999"}, 422),
        ):
            answer = await people.post(head, "/desk/substitutes/new", fields | change)
            assert answer.status_code == status, change
        row = await Substitute.get()
        path = f"/desk/substitutes/{row.id}/end"
        answer = await people.post(head, path, {}, form_at="/desk/substitutes")
        assert answer.status_code == 303
        assert await service.officials_of(desk.affairs) == sorted(
            account.id
            for account in await Account.filter(department_id=desk.affairs, state="active")
        )


async def test_a_head_stays_in_their_department(desk: Desk, people: People, signed_in: Any) -> None:
    await make_official("head", desk.roads, "head")
    other = await make_official("other", desk.affairs, "handler")
    today = clock.today()
    row = await stand_in(desk.clerk, other, today, today)
    head = await signed_in("head")
    assert "박철수 대신" not in await text(await head.get("/desk/substitutes"))
    path = f"/desk/substitutes/{row}/end"
    answer = await people.post(head, path, {}, form_at="/desk/substitutes/new")
    assert answer.status_code == 403
    fields = {"absent": str(desk.clerk), "substitute": str(other)}
    fields |= {"first_day": "2026-12-01", "last_day": "2026-12-02"}
    assert (await people.post(head, "/desk/substitutes/new", fields)).status_code == 422


async def test_a_substitute_comes_from_the_same_department(desk: Desk, app: Any) -> None:
    other = await make_official("other", desk.roads, "handler")
    today = clock.today()
    with pytest.raises(Problem) as refused:
        await stand_in(desk.clerk, other, today, today)
    assert refused.value.code == "accounts.substitute_elsewhere"


async def test_two_administrators_cannot_depose_each_other(app: Any, desk: Desk) -> None:
    second = await make_official("second", desk.affairs, "admin")
    outcomes = await asyncio.gather(
        service.close_official(second, actor_id=desk.admin),
        service.close_official(desk.admin, actor_id=second),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [problem.code for problem in refused] == ["accounts.last_admin"]


# The command line


async def test_the_first_administrator(app: Any, client: Any, people: People) -> None:
    created = await service.create_admin("root.admin")
    assert created.temporary_password
    await people.sign_in(client, "root.admin", created.temporary_password)
    assert (await client.get("/desk/officials")).headers["Location"] == "/me/password"
    actor = await service.official(created.account_id)
    assert actor.roles == {"admin"}
    assert created.temporary_password not in repr(created)


async def test_an_administrator_s_own_password_follows_the_rule(app: Any) -> None:
    with pytest.raises(Problem) as refused:
        await service.create_admin("root.admin", "short")
    assert refused.value.field == "password"
    assert (await service.create_admin("root.admin", OFFICIAL_PASSWORD)).temporary_password is None
