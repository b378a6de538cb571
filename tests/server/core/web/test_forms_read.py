"""Forms as views read them: what they said, as a digest, and what is wrong with them."""

import io
from typing import Any

import pytest
import wtforms
from quart.datastructures import FileStorage
from werkzeug.datastructures import MultiDict

from server.core import forms
from server.core.forms import Form
from server.core.web import Problem
from tests.people import hidden_fields
from tests.server.core.web import house
from tests.server.core.web.conftest import make_small, signed_in


async def filed(client: Any, hidden: dict[str, str], **fields: str) -> str:
    answer = await client.post("/form", form={**hidden, **fields})
    return str((await answer.get_json())["claim"])


async def test_the_digest_is_over_everything_but_the_tokens(small_settings: Any) -> None:
    client = signed_in(make_small(small_settings, house.door).test_client())

    async def hidden() -> dict[str, str]:
        return hidden_fields(await (await client.get("/form")).get_data(as_text=True))

    first = await hidden()
    same = await filed(client, first, title="가", body="나")
    assert await filed(client, first, title="가", body="나") == same
    assert await filed(client, await hidden(), title="가", body="나") == same
    assert await filed(client, first, title="나", body="가") != same
    assert await filed(client, first, title="가나", body="") != same
    assert await filed(client, first, title="가", body="나", more="") != same


async def test_a_key_that_is_none_is_refused(small_settings: Any) -> None:
    client = make_small(small_settings, house.door).test_client()
    page = await client.get("/form")
    hidden = hidden_fields(await page.get_data(as_text=True))
    answer = await client.post("/form", form={**hidden, "form_key": "1"})
    assert answer.status_code == 400
    answer = await client.post("/form", form={"csrf_token": hidden["csrf_token"]})
    assert (await answer.get_json())["claim"] is None


class Complaint(Form):
    """A form as slices write them."""

    title = wtforms.StringField(
        "제목", [wtforms.validators.InputRequired(), wtforms.validators.Length(max=5)]
    )
    count = wtforms.IntegerField("수", [wtforms.validators.Optional()])
    topic = wtforms.SelectField(
        "분야",
        [wtforms.validators.InputRequired()],
        choices={"": "골라 주세요", "lamp": "가로등"},
        default="lamp",
    )


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"topic": "lamp"}, "title", "꼭 적어 주세요."),
        ({"title": "가", "topic": ""}, "topic", "목록에서 골라 주세요."),
        ({"title": "여섯글자제목"}, "title", "5자까지 적을 수 있습니다."),
        ({"title": "가", "count": "x"}, "count", "숫자로 적어 주세요."),
    ],
)
async def test_wtforms_speaks_our_way(given: dict[str, str], field: str, said: str) -> None:
    form = Complaint(MultiDict(given))
    assert not form.validate()
    assert form[field].errors == [said]


async def test_a_services_problem_stands_beside_its_field() -> None:
    form = Complaint()
    form.complain(Problem("x", "제목이 없습니다.", 422, "title"))
    form.complain(Problem("y", "닫혔습니다.", 409))
    assert form.title.errors == ["제목이 없습니다."]
    assert form.form_errors == ["닫혔습니다."]


async def test_files_count_by_content(small_settings: Any) -> None:
    digests = []
    app = make_small(small_settings, house.door)
    client = app.test_client()
    hidden = hidden_fields(await (await client.get("/form")).get_data(as_text=True))
    for content in (b"one", b"one", b"two"):
        async with app.test_request_context("/files", method="POST"):
            files = MultiDict({"photos": FileStorage(io.BytesIO(content), "a.jpg")})
            made = await forms._claim(MultiDict(hidden), files)
            assert made is not None
            digests.append(made.digest)
            assert files["photos"].read() == content, "the service reads the file from its start"
    assert digests[0] == digests[1] != digests[2]
