"""Open data: all public complaints as CSV and JSON, streamed, page after page by keyset (Y12-1)."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from quart import Response

from server.complaints import service as complaints
from server.complaints.service import Published, Wanted
from server.core.i18n import N_
from server.core.web import Door, Limit
from server.opendata import answers, listing, rows
from server.opendata.catalogue_names import Names, site
from server.opendata.operations import reads
from server.opendata.parameter_rules import Param

door = Door("exports", tells={"/open/": answers.problem})

CSV: Final = "text/csv"
BATCH: Final = 500
ROWS_MAX: Final = 10_000
OFTEN: Final = Limit(20, "minute")
LICENCE_ADDRESS: Final = "https://www.kogl.or.kr/info/licenseType1.do"
BYTE_ORDER_MARK: Final = "\ufeff"  # without it a spreadsheet takes Korean for another encoding

LIMIT: Final = Param(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": ROWS_MAX},
    N_("한 번에 받을 줄 수. 없으면 10000. 더 있으면 Link 머리말의 next가 이어집니다."),
)


@reads(
    door,
    "/open/complaints.csv",
    name="complaints_csv",
    summary=N_("공개된 민원 (CSV)"),
    media=CSV,
    params=(*listing.FILTER, LIMIT),
    errors=(404,),
    limit=OFTEN,
    cache=None,
)
async def complaints_csv(
    topic: str | None,
    department: str | None,
    stage: str | None,
    before: int | None,
    limit: int | None,
) -> Response:
    """The newest rows first; each page is whole in itself, with its heading."""
    asked = {"topic": topic, "department": department, "stage": stage, "limit": limit}
    wanted = listing.wanted(
        await Names.load(), topic=topic, department=department, stage=stage, before=before
    )
    link = await _links("/open/complaints.csv", wanted, limit or ROWS_MAX, asked)
    headers = link | {"Content-Disposition": 'attachment; filename="complaints.csv"'}
    return _streamed(_as_csv(wanted, limit or ROWS_MAX), f"{CSV}; charset=utf-8", headers)


@reads(
    door,
    "/open/complaints.json",
    name="complaints_json",
    summary=N_("공개된 민원 (JSON)"),
    media=answers.JSON,
    schema="ComplaintList",
    params=(*listing.FILTER, LIMIT),
    errors=(404,),
    limit=OFTEN,
    cache=None,
)
async def complaints_json(
    topic: str | None,
    department: str | None,
    stage: str | None,
    before: int | None,
    limit: int | None,
) -> Response:
    """The same rows as a list of objects."""
    asked = {"topic": topic, "department": department, "stage": stage, "limit": limit}
    wanted = listing.wanted(
        await Names.load(), topic=topic, department=department, stage=stage, before=before
    )
    link = await _links("/open/complaints.json", wanted, limit or ROWS_MAX, asked)
    return _streamed(_as_json(wanted, limit or ROWS_MAX), answers.JSON, link)


async def batches(wanted: Wanted, limit: int) -> AsyncIterator[tuple[list[Published], Names]]:
    """At most `limit` rows, some hundred at once, the newest first. What is refused while this
    goes on is not in what follows."""
    while limit > 0:
        found = await complaints.published(wanted, min(BATCH, limit))
        if not found:
            return
        yield found, await Names.load(found)
        limit -= len(found)
        wanted = replace(wanted, before=found[-1].id)


async def _as_csv(wanted: Wanted, limit: int) -> AsyncIterator[bytes]:
    yield (BYTE_ORDER_MARK + _lines([[column.name for column in rows.COLUMNS]])).encode()
    async for found, names in batches(wanted, limit):
        told = (rows.row(each, names) for each in found)
        yield _lines([[rows.cell(value) for value in row.values()] for row in told]).encode()


def _lines(cells: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(cells)
    return out.getvalue()


async def _as_json(wanted: Wanted, limit: int) -> AsyncIterator[bytes]:
    parted = b"["
    async for found, names in batches(wanted, limit):
        for each in found:
            yield parted + answers.as_json(rows.row(each, names)).encode()
            parted = b",\n"
    yield b"[]" if parted == b"[" else b"]"


async def _links(
    path: str, wanted: Wanted, limit: int, asked: dict[str, str | int | None]
) -> dict[str, str]:
    """The Link header: the licence, and where the older rows go on if there are any."""
    links = [f'<{LICENCE_ADDRESS}>; rel="license"']
    ends = await complaints.published(wanted, 2, limit - 1)
    if len(ends) > 1:
        onward = answers.address(site(path), {**asked, "before": ends[0].id})
        links.append(f'<{onward}>; rel="next"')
    return {"Link": ", ".join(links)}


def _streamed(body: AsyncIterator[bytes], content_type: str, headers: dict[str, str]) -> Response:
    kept = {**answers.ANYWHERE, "Cache-Control": "no-store", **headers}
    return Response(body, content_type=content_type, headers=kept)
