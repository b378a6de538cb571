"""Twilio's Messages API as its documentation has it, on 127.0.0.1: checks what Twilio checks, signs
its callbacks, and behaves badly on request.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from tests.gateways.misbehaving import Misbehaving

ACCOUNT = "AC" + "0" * 32
TOKEN = "token of the tests"
OLD = "/2010-04-01/Accounts/{account}/Messages"


@dataclass
class Message:
    sid: str
    fields: dict[str, str]
    status: str = "queued"
    error_code: int | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "status": self.status,
            "error_code": self.error_code,
            "to": self.fields["To"],
            "from": self.fields["From"],
            "body": self.fields["Body"],
            "num_segments": "1",
            "date_created": "Sat, 28 Nov 2026 01:12:00 +0000",
        }


@dataclass
class TwilioServer(Misbehaving):
    messages: dict[str, Message] = field(default_factory=dict)
    registered: set[str] = field(default_factory=lambda: {"+82226703500"})

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.by_order: dict[str, list[str]] = defaultdict(list)

    def routes(self) -> list[web.RouteDef]:
        return [web.post(OLD + ".json", self._create), web.get(OLD + "/{sid}.json", self._fetch)]

    @staticmethod
    def _error(
        status: int, code: int, message: str, headers: dict[str, str] | None = None
    ) -> web.Response:
        body = {"code": code, "message": message, "more_info": "", "status": status}
        return web.json_response(body, status=status, headers=headers)

    def _unauthorized(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization")
        if given != aiohttp.encode_basic_auth(ACCOUNT, TOKEN):
            return self._error(401, 20003, "Authenticate")
        if request.match_info["account"] != ACCOUNT:
            return self._error(404, 20404, "not found")
        return None

    async def _create(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault()
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        if request.content_type != "application/x-www-form-urlencoded":
            return self._error(400, 12300, "Invalid Content-Type")
        fields = {key: str(value) for key, value in (await request.post()).items()}
        answer = self.before(fault, request) or self._invalid(fields)
        if answer is not None:
            return answer
        message = Message(f"SM{next(self._numbers):032x}", fields)
        self.messages[message.sid] = message
        self.by_order[fields["StatusCallback"].partition("order=")[2]].append(message.sid)
        answered = await self.after(fault, request)
        return answered or web.json_response(message.to_json(), status=201)

    def before(self, fault: str, request: web.Request) -> web.Response | None:
        if fault == "429":
            return self._error(429, 20429, "Too Many Requests", {"Retry-After": "7"})
        return super().before(fault, request)

    def _invalid(self, fields: dict[str, str]) -> web.Response | None:
        to, sender, body = (fields.get(key, "") for key in ("To", "From", "Body"))
        if not to.startswith("+82") or len(to) < 11:
            return self._error(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if to.startswith("+822"):
            return self._error(400, 21614, "'To' number is not a valid mobile number")
        if sender not in self.registered:
            return self._error(400, 21606, "The 'From' phone number is not valid")
        if not body:
            return self._error(400, 21602, "Message body is required")
        if to.endswith("0000"):
            return self._error(400, 21611, "This 'From' number has exceeded its queue")
        return None

    async def _fetch(self, request: web.Request) -> web.Response:
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        if self.faults:
            self.faults.pop(0)
            return web.Response(status=500)
        message = self.messages.get(request.match_info["sid"])
        if message is None:
            return self._error(404, 20404, "The requested resource was not found")
        return web.json_response(message.to_json())

    def callback(
        self, sid: str, status: str, error_code: int | None = None, *, token: str = TOKEN
    ) -> tuple[dict[str, str], bytes, str]:
        """Headers, body and address of a status callback, signed as Twilio signs."""
        message = self.messages[sid]
        message.status, message.error_code = status, error_code
        fields = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": message.fields["From"],
            "To": message.fields["To"],
            "MessageSid": sid,
            "MessageStatus": status,
            "SmsSid": sid,
            "SmsStatus": status,
        }
        if error_code is not None:
            fields["ErrorCode"] = str(error_code)
        url = message.fields["StatusCallback"]
        signature = RequestValidator(token).compute_signature(url, fields)
        headers = {
            "x-twilio-signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return headers, urlencode(fields).encode(), url
