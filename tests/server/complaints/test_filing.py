"""Filing over HTTP, as a phone without JavaScript does (Y10-1, Y3-1, Y16)."""

import asyncio
from typing import Any

import pytest

from server.complaints.models import Complaint, Publication
from tests.people import hidden_fields
from tests.server.complaints.conftest import FILED, Office, text


@pytest.mark.clause("Y3-1", 2)
async def test_a_resident_files_without_javascript(office: Office) -> None:
    number = await office.file()
    page = await office.page("kim", f"/complaints/{number}")
    assert FILED["title"] in page
    assert FILED["body"] in page
    assert f"신청번호 {number}" in page
    assert "11월 24일(화) 10:00까지 접수합니다" in page
    receipt = await office.page("kim", f"/complaints/{number}/receipt")
    assert number in receipt
    assert "김영희" in receipt
    assert "도로과" in receipt
    assert "02-2670-3804" in receipt
