"""Sinch's Fax API v3 as its documentation has it, on 127.0.0.1: gives tokens and asks for them,
takes the form, lists, deletes, makes its callbacks.
"""

import base64
import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from PIL import Image

from tests.gateways.misbehaving import Misbehaving

PROJECT, KEY_ID, KEY_SECRET = "project-1", "key-1", "secret of the tests"
_FAXES = f"/v3/projects/{PROJECT}/faxes"


@dataclass
class SinchServer(Misbehaving):
    faxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tiffs: dict[str, bytes] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    tokens_given: int = 0
    deleted: list[str] = field(default_factory=list)
    registered: set[str] = field(default_factory=lambda: {"+82226703500"})
    token_faults: list[str] = field(default_factory=list)
    list_faults: list[str] = field(default_factory=list)
    expires_in: int = 3600

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", self._token),
            web.post(_FAXES, self._create),
            web.get(_FAXES, self._list),
            web.get(_FAXES + "/{id}", self._get),
            web.delete(_FAXES + "/{id}/file", self._delete),
        ]

    @staticmethod
    def _error(status: int, message: str) -> web.Response:
        error = {"code": status, "message": message, "status": "ERROR", "details": []}
        return web.json_response({"error": error}, status=status)

    async def _token(self, request: web.Request) -> web.Response:
        if self.token_faults:
            fault = self.token_faults.pop(0)
            return self.before(fault, request) or web.Response(text="[]")
        basic = aiohttp.encode_basic_auth(KEY_ID, KEY_SECRET)
        if request.headers.get("Authorization") != basic:
            return self._error(401, "wrong key")
        if (await request.post()).get("grant_type") != "client_credentials":
            return self._error(400, "grant_type")
        token = uuid4().hex
        self.tokens.add(token)
        self.tokens_given += 1
        given = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        return web.json_response(given | {"scope": ""})

    def _unauthorized(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        if given == aiohttp.encode_basic_auth(KEY_ID, KEY_SECRET):
            return None
        if given.removeprefix("Bearer ") in self.tokens:
            return None
        return self._error(401, "no such token")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault()
        if request.content_type != "multipart/form-data":
            return self._error(400, "no form")
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        with file.file:
            tiff = file.file.read()
        refused = self._unauthorized(request) or self.before(fault, request)
        if refused is not None:
            return refused
        fields = {key: str(value) for key, value in form.items() if key != "file"}
        if not fields["to"].startswith("+82") or fields["from"] not in self.registered:
            return self._error(400, "the number is not valid")
        with Image.open(io.BytesIO(tiff)) as image:
            pages = image.n_frames
        fax = fields | {
            "id": f"01F3J0G1M4WQR6HGY6{next(self._numbers):08}",
            "direction": "OUTBOUND",
            "status": "QUEUED",
            "numberOfPages": pages,
            "projectId": PROJECT,
            "createTime": "2026-11-28T01:12:00Z",
            "hasFile": True,
            "fileName": file.filename,
            "fileType": file.content_type,
        }
        self.faxes[fax["id"]], self.tiffs[fax["id"]] = fax, tiff
        return await self.after(fault, request) or web.json_response(fax)

    async def _list(self, request: web.Request) -> web.Response:
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        if self.list_faults:
            fault = self.list_faults.pop(0)
            return self.before(fault, request) or web.Response(text="[1]")
        asked = request.query
        faxes = [fax for fax in self.faxes.values() if fax["to"].startswith(asked["to"])]
        return web.json_response({"faxes": faxes[: int(asked["pageSize"])], "totalItems": 1})

    async def _get(self, request: web.Request) -> web.Response:
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        fax = self.faxes.get(request.match_info["id"])
        return web.json_response(fax) if fax else self._error(404, "no such fax")

    async def _delete(self, request: web.Request) -> web.Response:
        refused = self._unauthorized(request)
        if refused is not None:
            return refused
        self.deleted.append(request.match_info["id"])
        return web.Response(status=204)

    def end(self, reference: str, status: str, **more: Any) -> dict[str, Any]:
        """The fax has ended so."""
        fax = self.faxes[reference] | {"status": status, "completedTime": "2026-11-28T01:14:00Z"}
        self.faxes[reference] = fax | more
        return self.faxes[reference]

    def callback(
        self, reference: str, status: str, **more: Any
    ) -> tuple[dict[str, str], bytes, str]:
        """Headers, body and address of `FAX_COMPLETED` as JSON, the fax itself within."""
        fax = self.end(reference, status, **more)
        told = {
            "event": "FAX_COMPLETED",
            "eventTime": "2026-11-28T01:14:01Z",
            "fax": fax,
            "file": base64.b64encode(self.tiffs[reference]).decode(),
            "fileType": "PDF",
        }
        return {"Content-Type": "application/json"}, json.dumps(told).encode(), fax["callbackUrl"]

    def form_callback(self, reference: str, status: str) -> tuple[dict[str, str], bytes, str]:
        """The same as a form, which is Sinch's habit where nobody asks for JSON."""
        fax = self.end(reference, status)
        parts = [
            ("event", "", b"FAX_COMPLETED"),
            ("eventTime", "", b"2026-11-28T01:14:01Z"),
            ("fax", "Content-Type: application/json\r\n", json.dumps(fax).encode()),
            ("file", "Content-Type: application/pdf\r\n", b"%PDF-1.4 \r\n--not a boundary\xff"),
        ]
        body = b"".join(
            f'--b0\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n'.encode()
            + value
            + b"\r\n"
            for name, kind, value in parts
        )
        headers = {"Content-Type": "multipart/form-data; boundary=b0"}
        return headers, body + b"--b0--\r\n", fax["callbackUrl"]
