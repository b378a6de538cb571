"""The two lines of the tests' telephone company, each as its model's documentation has it: SMS as
SOLAPI's messages v4, fax as Sinch's Fax API v3. How they are spoken, and nothing else.
"""

import hashlib
import hmac
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web

from gateways.encode import fax_file, numbers
from tests.faults.carrier_book import Entry

type Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it came in; `fields` is what the answer repeats."""

    order_id: str
    number: str
    units: int
    fields: dict[str, Any]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call with news."""

    address: str
    headers: Mapping[str, str]
    body: bytes


class Line(ABC):
    """How orders of one kind are placed, looked up and told of. `at` is the company's own address,
    `office` that of the one that orders, `now` its clock."""

    SEND: ClassVar[str]
    LIST: ClassVar[str]
    ONE: ClassVar[str] = ""
    """The path of one order by `{reference}`, where there is such a thing."""

    def __init__(self, at: str, office: str, now: Callable[[], datetime]) -> None:
        self.at = at
        self.office = office
        self.now = now

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """The environment of an office that sends by this line."""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What it answers beside orders and questions about them."""

    @abstractmethod
    def turned_away(self, request: web.Request) -> web.Response | None:
        """The answer to one who does not prove who asks."""

    @abstractmethod
    async def read(self, request: web.Request) -> Asked:
        """The order in a request."""

    @abstractmethod
    def new_reference(self, number: int) -> str:
        """What the company calls its n-th order."""

    @abstractmethod
    def taken(self, asked: Asked, reference: str) -> dict[str, Any]:
        """The answer to an order that was taken."""

    @abstractmethod
    def report(
        self, order_id: str, entry: Entry, arrived: int | None, at: datetime | None = None
    ) -> Report:
        """News of an order: so many units arrived and it is over; None while it is under way."""

    @abstractmethod
    def final(self, report: Report, entry: Entry) -> bool:
        """Whether it says how the order truly ended."""

    @abstractmethod
    def listed(self, reports: Mapping[str, Report], *, one: bool) -> web.Response:
        """The answer to a question, by reference; `one` where it was about one of them."""

    @abstractmethod
    def asked_about(self, request: web.Request) -> tuple[str, str]:
        """The reference that a question names, or else the number."""

    @abstractmethod
    def calls(self, entry: Entry, reports: Sequence[Report], *, forged: bool) -> list[Call]:
        """The calls that tell the office; `forged`, by one who cannot prove to be the company."""


class SmsLine(Line):
    """SOLAPI: every request signed, our id in the custom fields, reports by a webhook."""

    SEND = "/messages/v4/send"
    LIST = "/messages/v4/list"
    KEY, SECRET, TOKEN = "NCSFAULTS", "secret of the carrier", "token-of-the-carrier"
    SIGNED = re.compile(
        r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})"
    )
    TAKEN, UNDER_WAY, DELIVERED = "2000", "3000", "4000"
    IN_VAIN: Final = ("3058", "3040")
    """No such phone, and switched off."""

    def __init__(self, at: str, office: str, now: Callable[[], datetime]) -> None:
        super().__init__(at, office, now)
        self._signatures: set[str] = set()

    def settings(self) -> dict[str, str]:
        return {
            "MADANG_SMS_PROVIDERS": "solapi",
            "SOLAPI_API_KEY": self.KEY,
            "SOLAPI_API_SECRET": self.SECRET,
            "SOLAPI_WEBHOOK_TOKEN": self.TOKEN,
            "SOLAPI_API_URL": self.at,
        }

    def routes(self) -> list[web.RouteDef]:
        return []

    def turned_away(self, request: web.Request) -> web.Response | None:
        found = self.SIGNED.fullmatch(request.headers.get("Authorization", ""))
        if found is None or found[1] != self.KEY:
            return self._error("InvalidAPIKey")
        date, salt, signature = found[2], found[3], found[4]
        right = hmac.new(self.SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
        if not 12 <= len(salt) <= 64 or signature != right:
            return self._error("SignatureDoesNotMatch")
        if abs(datetime.fromisoformat(date) - self.now()) > timedelta(minutes=15):
            return self._error("RequestTimeTooSkewed")
        if signature in self._signatures:
            return self._error("DuplicatedSignature")
        self._signatures.add(signature)
        return None

    @staticmethod
    def _error(code: str) -> web.Response:
        return web.json_response({"errorCode": code, "errorMessage": ""}, status=403)

    async def read(self, request: web.Request) -> Asked:
        message = (await request.json())["message"]
        return Asked(message["customFields"]["madangOrder"], message["to"], 1, message)

    def new_reference(self, number: int) -> str:
        return f"M4V{number:018}"

    def taken(self, asked: Asked, reference: str) -> dict[str, Any]:
        return asked.fields | {"messageId": reference, "statusCode": self.TAKEN, "country": "82"}

    def report(
        self, order_id: str, entry: Entry, arrived: int | None, at: datetime | None = None
    ) -> Report:
        assert entry.taken_at is not None
        in_vain = self.IN_VAIN[int(entry.number) % len(self.IN_VAIN)]
        codes = {None: self.UNDER_WAY, 0: in_vain, 1: self.DELIVERED}
        return {
            "messageId": entry.reference,
            "to": entry.number,
            "statusCode": codes[arrived],
            "dateReported": (at or entry.taken_at + timedelta(seconds=2)).isoformat(),
            "customFields": {"madangOrder": order_id},
        }

    def final(self, report: Report, entry: Entry) -> bool:
        told = report["statusCode"]
        return bool(told != self.UNDER_WAY and (told == self.DELIVERED) == bool(entry.arrived))

    def asked_about(self, request: web.Request) -> tuple[str, str]:
        return request.query.get("messageId", ""), request.query.get("to", "")

    def listed(self, reports: Mapping[str, Report], *, one: bool) -> web.Response:
        return web.json_response({"startKey": None, "limit": 500, "messageList": dict(reports)})

    def calls(self, entry: Entry, reports: Sequence[Report], *, forged: bool) -> list[Call]:
        token = "guessed" if forged else self.TOKEN
        address = f"{self.office}/callbacks/solapi?token={token}"
        return [Call(address, {}, json.dumps(reports).encode())]


class FaxLine(Line):
    """Sinch: tokens by OAuth 2, a form with the TIFF, our id in the address to be called with
    news; the file kept until it is told to delete it."""

    PROJECT, KEY, SECRET = "faults", "key-of-the-carrier", "secret of the carrier"
    SEND = LIST = f"/v3/projects/{PROJECT}/faxes"
    ONE = SEND + "/{reference}"
    ENDS: Final = ("COMPLETED", "FAILURE")

    def __init__(self, at: str, office: str, now: Callable[[], datetime]) -> None:
        super().__init__(at, office, now)
        self._tokens: set[str] = set()

    def settings(self) -> dict[str, str]:
        return {
            "MADANG_FAX_PROVIDERS": "sinch",
            "MADANG_PUBLIC_URL": self.office,
            "SINCH_PROJECT_ID": self.PROJECT,
            "SINCH_KEY_ID": self.KEY,
            "SINCH_KEY_SECRET": self.SECRET,
            "SINCH_WEBHOOK_SECRET": "ours alone",
            "SINCH_API_URL": self.at,
            "SINCH_AUTH_URL": f"{self.at}/oauth2/token",
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", self._token),
            web.delete(self.ONE + "/file", self._deleted),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        basic = aiohttp.encode_basic_auth(self.KEY, self.SECRET)
        if request.headers.get("Authorization") != basic:
            return self._error(401, "wrong key")
        if (await request.post()).get("grant_type") != "client_credentials":
            return self._error(400, "grant_type")
        token = uuid4().hex
        self._tokens.add(token)
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": 600})

    async def _deleted(self, request: web.Request) -> web.Response:
        return self.turned_away(request) or web.Response(status=204)

    def turned_away(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") in self._tokens:
            return None
        return self._error(401, "no such token")

    @staticmethod
    def _error(status: int, message: str) -> web.Response:
        error = {"code": status, "message": message, "status": "ERROR", "details": []}
        return web.json_response({"error": error}, status=status)

    async def read(self, request: web.Request) -> Asked:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        with file.file:
            pages = len(fax_file.from_tiff(file.file.read()))
        fields = {key: str(value) for key, value in form.items() if key != "file"}
        address = fields["callbackUrl"]
        (order_id,) = parse_qs(urlsplit(address).query)["order"]
        return Asked(order_id, numbers.parse(fields["to"]).digits, pages, fields, address)

    def new_reference(self, number: int) -> str:
        return f"01F3J0G1M4WQR6HGY6{number:08}"

    def taken(self, asked: Asked, reference: str) -> dict[str, Any]:
        return asked.fields | {
            "id": reference,
            "direction": "OUTBOUND",
            "status": "QUEUED",
            "numberOfPages": asked.units,
            "projectId": self.PROJECT,
            "hasFile": True,
        }

    def report(
        self,
        order_id: str,
        entry: Entry,
        arrived: int | None,
        at: datetime | None = None,
    ) -> Report:
        assert entry.taken_at is not None
        fax: Report = {
            "id": entry.reference,
            "direction": "OUTBOUND",
            "to": numbers.parse(entry.number).e164,
            "callbackUrl": entry.address,
            "numberOfPages": entry.units,
            "status": "IN_PROGRESS",
        }
        if arrived is None:
            return fax
        fax |= {
            "completedTime": (at or entry.taken_at + timedelta(minutes=1)).isoformat(),
            "pagesSentSuccessfully": arrived,
            "status": self.ENDS[arrived < entry.units],
        }
        if arrived < entry.units:
            fax |= {"errorType": "LINE_ERROR", "errorCode": 129}
        return fax

    def final(self, report: Report, entry: Entry) -> bool:
        return bool(report.get("pagesSentSuccessfully") == entry.arrived)

    def asked_about(self, request: web.Request) -> tuple[str, str]:
        to = request.query.get("to", "")
        return request.match_info.get("reference", ""), to and numbers.parse(to).digits

    def listed(self, reports: Mapping[str, Report], *, one: bool) -> web.Response:
        if not one:
            faxes = list(reports.values())
            return web.json_response({"faxes": faxes, "totalItems": len(faxes)})
        for fax in reports.values():
            return web.json_response(fax)
        return self._error(404, "no such fax")

    def calls(self, entry: Entry, reports: Sequence[Report], *, forged: bool) -> list[Call]:
        address = entry.address
        if forged:
            address = address.partition("&proof=")[0] + "&proof=" + "0" * 32
        headers = {"Content-Type": "application/json"}
        return [
            Call(
                address,
                headers,
                json.dumps({"event": "FAX_COMPLETED", "fax": fax, "file": "JVBERi0="}).encode(),
            )
            for fax in reports
        ]
