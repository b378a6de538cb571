"""The desk's pages about the office itself: departments, officials, substitutes (Y3-3, Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import rules, service
from server.accounts.forms import DepartmentForm, OfficialForm, SubstituteForm, refuse
from server.core import audit
from server.core.i18n import N_
from server.core.web import (
    Door,
    Forbidden,
    Invalid,
    Limit,
    Problem,
    actor,
    redirect,
    render,
    role,
)
from server.core.web.flashes import flash

if TYPE_CHECKING:
    from datetime import date

    from quart.typing import ResponseReturnValue

door = Door("desk_office")

READ = Limit(240, "minute")
WRITE = Limit(60, "minute")
ADMIN = role("admin")
HEAD = role("head", "admin")


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


# Departments


@door.get("/desk/departments", who=ADMIN, limit=READ)
async def departments() -> ResponseReturnValue:
    """Every department, those dissolved last."""
    rows = await service.departments(every=True)
    return await render(
        "accounts/desk/departments.html",
        departments=sorted(rows, key=lambda row: not row.active),
    )


@door.get("/desk/departments/new", who=ADMIN, limit=READ)
async def department_form() -> ResponseReturnValue:
    """An empty form."""
    return await _department_page(DepartmentForm(data={"active": True}), None)


@door.post("/desk/departments/new", who=ADMIN, limit=WRITE)
async def create_department() -> ResponseReturnValue:
    """A new department."""
    form = await DepartmentForm.read()
    if not form.validate():
        return await _department_page(form, None), 422
    try:
        await service.create_department(
            form.slug.data,
            form.name.data,
            form.name_en.data,
            form.phone.data,
            actor_id=me(),
            claim=form.claim,
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _department_page(form, None), status, headers
    flash(N_("부서를 만들었습니다."))
    return redirect("/desk/departments")


@door.get("/desk/departments/<int:department_id>", who=ADMIN, limit=READ)
async def department(department_id: int) -> ResponseReturnValue:
    """A department as it stands, to be changed."""
    row = await service.department(department_id)
    return await _department_page(DepartmentForm.of(row), row.id)


@door.post("/desk/departments/<int:department_id>", who=ADMIN, limit=WRITE)
async def change_department(department_id: int) -> ResponseReturnValue:
    """Rename a department, set its telephone, dissolve it."""
    form = await DepartmentForm.read()
    if not form.validate():
        return await _department_page(form, department_id), 422
    try:
        await service.change_department(
            department_id,
            form.name.data,
            form.name_en.data,
            form.phone.data,
            active=form.active.data,
            actor_id=me(),
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _department_page(form, department_id), status, headers
    flash(N_("부서를 고쳤습니다."))
    return redirect("/desk/departments")


async def _department_page(form: DepartmentForm, department_id: int | None) -> str:
    return await render("accounts/desk/department.html", form=form, department_id=department_id)


# Officials


@door.get("/desk/officials", who=ADMIN, limit=READ)
async def officials() -> ResponseReturnValue:
    """Every official by department."""
    await audit.accessed(me(), "officials", "/desk/officials")
    return await render(
        "accounts/desk/officials.html",
        officials=await service.officials(),
        departments=await service.departments(every=True),
        roles=rules.ROLES,
    )


@door.get("/desk/officials/new", who=ADMIN, limit=READ)
async def official_form() -> ResponseReturnValue:
    """An empty form."""
    return await _official_page(OfficialForm(), None)


@door.post("/desk/officials/new", who=ADMIN, limit=WRITE)
async def create_official() -> ResponseReturnValue:
    """A new official; the temporary password is shown on this one page."""
    form = await OfficialForm.read()
    form.offer(await service.departments())
    if not form.validate():
        return await _official_page(form, None), 422
    try:
        created = await service.create_official(
            form.login_id.data,
            form.name.data,
            int(form.department.data) or None,
            form.roles.data,
            phone=form.phone.data or "",
            email=form.email.data or "",
            actor_id=me(),
            claim=form.claim,
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _official_page(form, None), status, headers
    return await _password_page(created)


@door.get("/desk/officials/<int:account_id>", who=ADMIN, limit=READ)
async def official(account_id: int) -> ResponseReturnValue:
    """An official as they stand, to be changed."""
    row = await service.official(account_id)
    await audit.accessed(me(), f"account:{row.id}", "/desk/officials/<id>")
    return await _official_page(OfficialForm.of(row), row)


@door.post("/desk/officials/<int:account_id>", who=ADMIN, limit=WRITE)
async def change_official(account_id: int) -> ResponseReturnValue:
    """Set name, department, contacts and exactly these roles."""
    row = await service.official(account_id)
    form = await OfficialForm.read()
    form.offer(await service.departments())
    if not form.validate():
        return await _official_page(form, row), 422
    try:
        await service.change_official(
            account_id,
            form.name.data,
            int(form.department.data) or None,
            form.roles.data,
            phone=form.phone.data or "",
            email=form.email.data or "",
            actor_id=me(),
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _official_page(form, row), status, headers
    flash(N_("직원을 고쳤습니다."))
    return redirect("/desk/officials")


@door.post("/desk/officials/<int:account_id>/close", who=ADMIN, limit=WRITE)
async def close_official(account_id: int) -> ResponseReturnValue:
    """No log-in any more; every session ends at once."""
    await service.close_official(account_id, actor_id=me())
    flash(N_("계정을 닫았습니다."))
    return redirect("/desk/officials")


@door.post("/desk/officials/<int:account_id>/reopen", who=ADMIN, limit=WRITE)
async def reopen_official(account_id: int) -> ResponseReturnValue:
    """The account may log in again."""
    await service.reopen_official(account_id, actor_id=me())
    flash(N_("계정을 다시 열었습니다."))
    return redirect("/desk/officials")


@door.post("/desk/officials/<int:account_id>/password", who=ADMIN, limit=WRITE)
async def reset_password(account_id: int) -> ResponseReturnValue:
    """A temporary password, shown on this one page."""
    return await _password_page(await service.reset_password(account_id, actor_id=me()))


@door.post("/desk/officials/<int:account_id>/factors", who=ADMIN, limit=WRITE)
async def reset_factors(account_id: int) -> ResponseReturnValue:
    """Passkeys, app and recovery codes of somebody who lost them; every session ends."""
    await service.reset_factors(account_id, actor_id=me())
    flash(N_("2단계 인증을 지웠습니다. 다음에 로그인할 때 다시 등록합니다."))
    return redirect(f"/desk/officials/{account_id}")


async def _official_page(form: OfficialForm, row: service.Official | None) -> str:
    form.offer(await service.departments())
    return await render(
        "accounts/desk/official.html",
        form=form,
        official=row,
        have=await service.factors_of(row.id) if row else None,
    )


async def _password_page(created: service.Created) -> ResponseReturnValue:
    return await render(
        "accounts/desk/password.html",
        official=await service.official(created.account_id),
        password=created.temporary_password,
        after="/desk/officials",
        onward=N_("직원 목록"),
    )


# Substitutes


@door.get("/desk/substitutes", who=HEAD, limit=READ)
async def substitutes() -> ResponseReturnValue:
    """Who is away, and who stands in; a head of department sees their own."""
    absences = await service.substitutes(_department())
    people = {one.absent_id for one in absences} | {one.substitute_id for one in absences}
    return await render(
        "accounts/desk/substitutes.html",
        absences=absences,
        names=await service.display_names(people),
    )


@door.get("/desk/substitutes/new", who=HEAD, limit=READ)
async def substitute_form() -> ResponseReturnValue:
    """An empty form."""
    return await _substitute_page(SubstituteForm())


@door.post("/desk/substitutes/new", who=HEAD, limit=WRITE)
async def set_substitute() -> ResponseReturnValue:
    """Have somebody stand in."""
    form = await SubstituteForm.read()
    form.offer(await _people())
    if not form.validate():
        return await _substitute_page(form), 422
    try:
        await service.set_substitute(
            int(form.absent.data),
            int(form.substitute.data),
            _day(form.first_day.data, "first_day"),
            _day(form.last_day.data, "last_day"),
            actor_id=me(),
            claim=form.claim,
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await _substitute_page(form), status, headers
    flash(N_("대직자를 정했습니다."))
    return redirect("/desk/substitutes")


@door.post("/desk/substitutes/<int:absence_id>/end", who=HEAD, limit=WRITE)
async def end_substitute(absence_id: int) -> ResponseReturnValue:
    """The absent one is back."""
    department_id = _department()
    if department_id is not None:
        absence = await service.absence(absence_id)
        if absence.department_id != department_id:
            raise Forbidden
    await service.end_substitute(absence_id, actor_id=me())
    flash(N_("대직을 마쳤습니다."))
    return redirect("/desk/substitutes")


async def _substitute_page(form: SubstituteForm) -> str:
    form.offer(await _people())
    return await render("accounts/desk/substitute.html", form=form)


async def _people() -> dict[int, str]:
    """The officials who may be chosen, with their departments."""
    named = {row.id: row.name for row in await service.departments()}
    return {
        one.id: f"{one.name} ({named[one.department_id]})"
        for one in await service.officials(_department())
        if one.active and one.department_id in named
    }


def _department() -> int | None:
    """A head sees one department; an administrator (None) all of them."""
    if "admin" in actor().roles:
        return None
    return actor().department_id or 0


def _day(text: str, field: str) -> date:
    found = rules.parse_day(text)
    if found is None:
        raise Invalid("accounts.day", N_("날짜를 2026-12-01처럼 적어 주세요."), field)
    return found
