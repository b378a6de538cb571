"""SOLAPI's messages v4 as its documentation has it, on 127.0.0.1: checks the signature and that it
is not used twice, keeps what it took, makes its webhook's reports.
"""

import hashlib
import hmac
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.gateways.misbehaving import Misbehaving

KEY, SECRET, TOKEN = "NCSTESTKEY", "secret of the tests", "webhook-token-of-the-tests"
_SIGNED = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})")


@dataclass
class SolapiServer(Misbehaving):
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    registered: set[str] = field(default_factory=lambda: {"0226703500"})
    now: datetime = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
    list_faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._signatures: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/messages/v4/send", self._send),
            web.get("/messages/v4/list", self._list),
        ]

    @staticmethod
    def _error(status: int, code: str, message: str) -> web.Response:
        return web.json_response({"errorCode": code, "errorMessage": message}, status=status)

    def _unauthorized(self, request: web.Request) -> web.Response | None:
        found = _SIGNED.fullmatch(request.headers.get("Authorization", ""))
        if found is None or found[1] != KEY:
            return self._error(403, "InvalidAPIKey", "유효한 API Key가 아닙니다.")
        date, salt, signature = found[2], found[3], found[4]
        if not 12 <= len(salt) <= 64:
            return self._error(403, "SignatureDoesNotMatch", "salt")
        right = hmac.new(SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
        if signature != right:
            return self._error(403, "SignatureDoesNotMatch", "생성한 Signature가 다릅니다.")
        if abs(datetime.fromisoformat(date) - self.now) > timedelta(minutes=15):
            return self._error(403, "RequestTimeTooSkewed", "시간 값이 벗어났습니다.")
        if signature in self._signatures:
            return self._error(403, "DuplicatedSignature", "같은 signature 값입니다.")
        self._signatures.add(signature)
        return None

    async def _send(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault()
        refused = self._unauthorized(request) or self.before(fault, request)
        if refused is not None:
            return refused
        message = (await request.json())["message"]
        if fault == "402":
            return self._error(402, "NotEnoughBalance", "잔액이 부족합니다.")
        code = self._code(message)
        number = next(self._numbers)
        answer = {
            "groupId": f"G4V2026112801120{number:016}",
            "messageId": f"M4V2026112801120{number:016}",
            "accountId": "12925149",
            "statusCode": code,
            "statusMessage": "정상 접수(이통사로 접수 예정)",
            "to": message["to"],
            "from": message["from"],
            "type": message["type"],
            "country": "82",
        }
        if code == "2000":
            self.messages[str(answer["messageId"])] = message | answer
        return await self.after(fault, request) or web.json_response(answer)

    def _code(self, message: dict[str, Any]) -> str:
        if message["from"] not in self.registered:
            return "1062"
        if len(message["text"].encode("cp949")) > 90:
            return "1031"
        if any(len(str(value)) > 100 for value in message["customFields"].values()):
            return "1032"
        return "1030" if message["to"].endswith("9999") else "2000"

    async def _list(self, request: web.Request) -> web.Response:
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        if self.list_faults:
            fault = self.list_faults.pop(0)
            return self.before(fault, request) or web.Response(text="[1]")
        asked = request.query
        listed = {
            reference: message
            for reference, message in self.messages.items()
            if asked.get("messageId", reference) == reference
            and asked.get("to", message["to"]) == message["to"]
        }
        body = {"startKey": None, "limit": int(asked["limit"]), "messageList": listed}
        return web.json_response(body)

    def report(self, reference: str, code: str, *, token: str = TOKEN) -> tuple[Any, bytes, str]:
        """Headers, body and address of the webhook's message report."""
        message = self.messages[reference] | {
            "statusCode": code,
            "dateReported": "2026-11-28T01:12:09.000Z",
        }
        self.messages[reference] = message
        url = f"https://madang.example.org/callbacks/solapi?token={token}"
        return {"Content-Type": "application/json"}, json.dumps([message]).encode(), url
