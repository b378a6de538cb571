"""/documents/verify: whether a document is the office's, and whether a file is that document."""

from quart import request
from quart.typing import ResponseReturnValue

from server.core.i18n import N_
from server.core.web import MB, PUBLIC, Door, Limit, render
from server.documents import rules, service
from server.documents.forms import VerifyForm

door = Door("documents")

TRY = Limit(60, "hour")
FILE_MAX = 10 * MB


@door.get("/documents/verify", who=PUBLIC, limit=TRY)
async def verify_form() -> ResponseReturnValue:
    """Room for a code; one that a QR code brought is filled in."""
    given = rules.read_code(request.args.get("code", ""))
    return await _page(VerifyForm(code=rules.shown(given) if given else ""))


@door.post("/documents/verify", who=PUBLIC, limit=TRY, body_max=FILE_MAX)
async def verify() -> ResponseReturnValue:
    """What document it is, and whether the file is the one that was issued."""
    form = await VerifyForm.read()
    if not form.validate():
        return await _page(form), 422
    checked = await service.check(form.code.data)
    if checked is None:
        wrong = N_("이 번호로 발급한 문서가 없습니다. 번호를 다시 확인해 주세요.")
        form.code.errors = [form.code.gettext(wrong)]
        return await _page(form), 404
    file = (await request.files).get("file")
    same = None
    if file is not None and file.filename:
        same = service.is_the_file(checked, file.read())
    return await _page(form, checked, same)


async def _page(
    form: VerifyForm, checked: service.Checked | None = None, same: bool | None = None
) -> str:
    """`same`: whether the file that was given is the document; None where none was."""
    return await render(
        "documents/verify.html", form=form, checked=checked, same=same, kinds=rules.KINDS
    )
