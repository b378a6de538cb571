"""People who act in tests: made through the slices' services, signed in through /login."""

import re
from typing import Any

PASSWORD = "dangsan-ro 12-gil!"
FIELD = re.compile(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"')


def hidden_fields(html: str) -> dict[str, str]:
    """csrf_token and form_key of a page's last form that has them."""
    return dict(FIELD.findall(html))


class People:
    """Makes residents and officials on the application's database."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def sign_in(self, client: Any, login_id: str, password: str = PASSWORD) -> None:
        """Signs a client in through /login as a phone without JavaScript does."""
        page = await client.get("/login")
        fields = hidden_fields(await page.get_data(as_text=True))
        answer = await client.post(
            "/login", form={"login_id": login_id, "password": password, **fields}
        )
        assert answer.status_code == 303, await answer.get_data(as_text=True)

    async def post(self, client: Any, path: str, fields: dict[str, Any], **more: Any) -> Any:
        """Opens the form at path, fills it in and posts it back."""
        page = await client.get(more.pop("form_at", path))
        hidden = hidden_fields(await page.get_data(as_text=True))
        return await client.post(path, form={**hidden, **fields}, **more)
