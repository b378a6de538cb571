"""A fax as somebody without a phone might send one, for the demo and for trying out the desk."""

from datetime import datetime
from pathlib import Path

from gateways.encode import fax_file
from gateways.encode.fax import Header
from gateways.encode.workbench import Workbench
from gateways.incoming import IncomingFax
from server.complaints.faxes import receiving
from server.core import clock, ids

FONT = Path(__file__).resolve().parents[3] / "pwa/fonts/PretendardGOV-Regular.otf"
SENDER = "02-2631-0455"
TEXT = """민원을 신청합니다.

영등포시장 앞 횡단보도의 초록불이 너무 짧아 다리가 불편한 노인은 다 건너기 전에 빨간불로 바뀝니다.
초록불을 조금 더 길게 해 주시기 바랍니다.

이름: 오말순
주소: 서울 영등포구 영중로 15
답변은 이 팩스 번호로 보내 주세요."""


async def ring(text: str = TEXT, sender: str = SENDER, at: datetime | None = None) -> None:
    """A fax of that text comes in now, or came in at `at`."""
    moment = at or clock.now()
    async with Workbench() as bench:
        drawn = await bench.fax(text, (), Header(sender, "", moment), FONT)
    tiff = fax_file.to_tiff(drawn.pages)
    await receiving.take(IncomingFax("simulator", ids.new_uuid().hex, sender, moment, tiff))
