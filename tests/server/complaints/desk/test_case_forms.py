"""The forms of a case at the desk: nothing is assigned to whoever has it, and the answer's form
offers what the case allows and says at once what is missing."""

import json
import re

import pytest

from server.complaints.models import Answer, Step
from server.complaints.workflow import Case, Outcome, State, outcomes
from server.core import db
from tests.server.complaints.conftest import ONE_ENGINE, Handled, Office, done, text


@ONE_ENGINE
async def test_whoever_has_it_is_not_given_it_again(office: Office, handled: Handled) -> None:
    number = await handled("note")
    before = await Step.all().count(), len(await db.fetch("SELECT id FROM notification"))
    roads = f"{office.departments['roads']}:"
    same = await office.act("clerk", number, "assign", to=f"{roads}{office.accounts['park']}")
    assert same.status_code == 422
    assert "이미 여기에서 맡고 있습니다" in await text(same)
    after = await Step.all().count(), len(await db.fetch("SELECT id FROM notification"))
    assert after == before
    await done(await office.act("clerk", number, "assign", to=roads))
    again = await office.act("clerk", number, "assign", to=roads)
    assert again.status_code == 422
    assert (await office.row(number)).handler_id is None
    step = await Step.filter(action="reassign").get()
    assert json.loads(step.facts)["moved"] == 0


@pytest.mark.parametrize(
    ("case", "allowed"),
    [
        (Case(State.IN_PROGRESS), {"done", "partly", "not_accepted", "not_handled"}),
        (
            Case(State.IN_PROGRESS, category="application"),
            {"done", "partly", "refused", "not_handled"},
        ),
        (Case(State.SUPPLEMENT, supplements_missed=2), {"returned"}),
        (Case(State.IN_PROGRESS, fee_missing=True), {"not_accepted", "not_handled"}),
        (
            Case(State.IN_PROGRESS, answered_before=2),
            {"done", "partly", "not_accepted", "not_handled", "repeated"},
        ),
    ],
)
def test_how_a_case_may_end(case: Case, allowed: set[str]) -> None:
    assert set(outcomes(case)) == {Outcome(each) for each in allowed}


@ONE_ENGINE
async def test_the_answer_says_at_once_what_its_outcome_needs(
    office: Office, handled: Handled
) -> None:
    number = await handled("note")
    page = await office.page("park", f"/desk/complaints/{number}")
    select = page.partition('id="complete-outcome"')[2].partition("</select>")[0]
    offered = re.findall(r'value="(\w+)"', select)
    assert offered == ["done", "partly", "not_accepted", "not_handled"]
    for name in ("reasons", "remedies", "ground"):
        label = page.partition(f'<label for="complete-{name}">')[2].partition("</label>")[0]
        assert label
        assert "선택" not in label
        assert f'id="complete-{name}-hint"' in page
    fields = {"outcome": "partly", "text": "한 등만 달았습니다."}
    missing = await office.act("park", number, "complete", **fields)
    page = await text(missing)
    assert missing.status_code == 422
    assert 'href="#complete-reasons"' in page
    assert 'href="#complete-remedies"' in page
    assert fields["text"] in page
    wrong = {"outcome": "refused", "text": "못 합니다.", "reasons": "이유", "remedies": "90일"}
    refused = await office.act("park", number, "complete", **wrong)
    page = await text(refused)
    assert refused.status_code == 422
    assert "받아들이지 못했습니다&#39;를 골라 주세요" in page
    assert '<option value="" selected' in page or '<option value="">골라 주세요' in page
    assert not await Answer.exists()
