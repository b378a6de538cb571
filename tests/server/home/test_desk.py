"""What waits for a decision is seen on the desk's first page."""

from typing import Any

from tests.server.complaints.conftest import (
    ONE_ENGINE,
    Handled,
    Office,
    done,
    drafted,
    handled,
    office,
    time,
)

__all__ = ["drafted", "handled", "office", "time"]


@ONE_ENGINE
async def test_answers_to_approve_and_what_was_raised_are_counted(
    office: Office, handled: Handled, drafted: Any
) -> None:
    assert "결정을 기다리는 것" not in await office.page("kang", "/desk")
    number = await drafted()
    assert "결재할 답변" in await office.page("nam", "/desk")
    await done(await office.act("nam", number, "approve"))
    front = await office.page("kang", "/desk")
    assert 'href="/desk/complaints?tab=approval"' in front
    assert "결정을 기다리는 것" in front
    assert "1건" in front
    ended = await handled("complete")
    await done(await office.post("kim", f"/complaints/{ended}/reopen", {"text": "또 꺼졌습니다."}))
    raised = (await office.page("kang", "/desk")).partition("결정을 기다리는 것")[2]
    assert 'href="/desk/redress"' in raised.partition("</section>")[0]
    assert "결정을 기다리는 것" not in await office.page("choi", "/desk")
