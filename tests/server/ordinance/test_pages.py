"""/ordinance over HTTP, under both ordinances; Osan's closes what it does not know."""

from pathlib import Path
from typing import Any

import pytest

from server import config
from tests.conftest import make_settings
from tests.server.home.town import Town


async def read(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    text: str = await answer.get_data(as_text=True)
    return text


@pytest.mark.parametrize("engine", ["sqlite"])
class TestYeongdeungpo:
    async def test_residents_are_told_that_it_is_a_bill(self, client: Any) -> None:
        page = await read(client, "/ordinance")
        assert "조례안입니다" in page
        assert "2006년 2월 13일(월)에 낸 의안 214호" in page
        assert "제4장 홈페이지를 통한 주민참여" in page

    async def test_a_clause_is_shown_with_its_words_and_what_works(self, client: Any) -> None:
        page = await read(client, "/ordinance/Y15-4")
        assert "문자메세지 서비스 1건당 30점" in page
        assert "도착한 만큼만 쓰고" in page

    async def test_the_whole_text_can_be_read(self, client: Any) -> None:
        page = await read(client, "/ordinance/text")
        for number in (1, 13, 25):
            assert f"제{number}조" in page
        assert "영등포구청장과의 대화방" not in page
        assert "구청장과의 대화방" in page

    async def test_what_is_set_is_shown(self, client: Any) -> None:
        page = await read(client, "/ordinance/rule")
        for words in ("500점, 첫 가입 때 한 번", "30점, 90바이트까지", "50점", "12,000,000원"):
            assert words in page

    async def test_in_english_the_duties_are_english_and_the_text_korean(self, client: Any) -> None:
        page = await read(client, "/ordinance/Y16?lang=en")
        assert "Install, camera, one hand" in page
        assert "모바일시스템을 통해" in page

    @pytest.mark.parametrize("path", ["/ordinance/Y99", "/ordinance/O4", "/ordinance/%EB%A7%88"])
    async def test_what_is_no_clause_is_not_found(self, client: Any, path: str) -> None:
        assert (await client.get(path)).status_code == 404


class TestOsan:
    @pytest.fixture
    def settings(self, database: str, tmp_path: Path, keys: Path) -> Any:
        made = make_settings(tmp_path, keys, database, profile="osan")
        config.use(made)
        return made

    async def test_its_own_ordinance_is_shown(self, client: Any) -> None:
        page = await read(client, "/ordinance")
        assert "오산시 인터넷시스템 설치 및 운영 조례" in page
        assert "조례안입니다" not in page
        assert "암호화하여 저장" in await read(client, "/ordinance/O17-2")

    async def test_the_rule_says_that_there_is_no_mileage(self, client: Any) -> None:
        page = await read(client, "/ordinance/rule")
        assert "마일리지와 문자, 팩스 조항이 없어" in page
        assert "500점" not in page

    async def test_the_front_page_leads_to_no_closed_room(self, client: Any) -> None:
        page = await read(client, "/")
        for closed in ("/me/mileage", "/messages/", "/me/messages"):
            assert f'href="{closed}' not in page
        assert 'href="/complaints/new"' in page

    @pytest.mark.parametrize("path", ["/me/mileage", "/me/messages", "/messages/sms/new"])
    async def test_the_rooms_of_mileage_and_messages_are_closed(
        self, town: Town, path: str
    ) -> None:
        await town.verify()
        client = await town.browser("kim")
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "이 누리집에" in await answer.get_data(as_text=True)
