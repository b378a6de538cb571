"""What a fax may consist of, what is warned of before it leaves, and the words for it (Y15-4).

Pure: no clock, no database, no storage.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from gateways.encode.attachment import BadPdf, PdfFault
from gateways.encode.picture import BadPicture, PictureFault
from server.core import personal_numbers
from server.core.i18n import N_
from server.core.web.problems import Invalid

NAME_MAX: Final = 60
ADDRESSEE_MAX: Final = 60
CONTACT_MAX: Final = 60

PICTURE_FAULTS: Final = {
    PictureFault.NOT_AN_IMAGE: N_(
        "%(name)s: 사진이나 PDF가 아닙니다. JPEG, PNG, WebP, HEIC 사진이나 PDF를 골라 주세요."
    ),
    PictureFault.TOO_LARGE: N_("%(name)s: 파일이 너무 큽니다. 하나에 30MB까지 됩니다."),
    PictureFault.TOO_MANY_PIXELS: N_("%(name)s: 사진의 가로세로가 너무 큽니다."),
    PictureFault.TOO_SMALL: N_("%(name)s: 너무 작아서 보낼 수 없는 사진입니다."),
    PictureFault.TRUNCATED: N_("%(name)s: 끝까지 읽을 수 없는 사진입니다. 다시 골라 주세요."),
    PictureFault.TOO_SLOW: N_(
        "%(name)s: 읽는 데 너무 오래 걸리는 사진입니다. 더 작은 사진을 골라 주세요."
    ),
}
PDF_FAULTS: Final = {
    PdfFault.TOO_LARGE: N_("%(name)s: 파일이 너무 큽니다. 하나에 30MB까지 됩니다."),
    PdfFault.ENCRYPTED: N_("%(name)s: 암호가 걸린 PDF입니다. 암호를 푼 파일을 올려 주세요."),
    PdfFault.NO_PRINTING: N_(
        "%(name)s: 인쇄가 막힌 PDF라서 팩스로 보낼 수 없습니다. 인쇄할 수 있는 파일을 올려 주세요."
    ),
    PdfFault.BROKEN: N_("%(name)s: 읽을 수 없는 PDF입니다. 다시 저장해서 올려 주세요."),
    PdfFault.TOO_MANY_PAGES: N_(
        "%(name)s: %(count)s쪽인 PDF입니다. 팩스는 한 번에 %(most)s장까지 보낼 수 있습니다."
    ),
    PdfFault.TOO_SLOW: N_(
        "%(name)s: 그리는 데 너무 오래 걸리는 PDF입니다. 쪽을 나누거나 사진으로 올려 주세요."
    ),
}


def refusal(fault: BadPicture | BadPdf, name: str, pages_max: int) -> Invalid:
    """Why a file cannot be faxed, naming it: what the form says beside its files."""
    if isinstance(fault, BadPdf):
        return Invalid(
            f"messages.pdf.{fault.fault}",
            PDF_FAULTS[fault.fault],
            "files",
            name=name,
            count=fault.pages,
            most=pages_max,
        )
    return Invalid(
        f"messages.picture.{fault.fault}", PICTURE_FAULTS[fault.fault], "files", name=name
    )


def too_slow(fault: BadPicture | BadPdf) -> bool:
    """Whether a file took all the time it may take: no other of its form is read then."""
    return fault.fault in {PdfFault.TOO_SLOW, PictureFault.TOO_SLOW}


def shown_name(name: str) -> str:
    """A file's name as it is said: its end, which holds what kind it is."""
    plain = " ".join(name.split())
    return plain if len(plain) <= NAME_MAX else "…" + plain[1 - NAME_MAX :]


def exposed(texts: Sequence[str], today: date) -> tuple[int, ...]:
    """The pages, counted from 1, that carry a resident or foreigner registration number: by the
    same rule that looks through what is posted in public (Y22-1)."""
    pages = [
        number
        for number, text in enumerate(texts, start=1)
        if personal_numbers.resident_numbers(text, today)
    ]
    if not pages and personal_numbers.resident_numbers("\n".join(texts), today):
        return (1,)  # it is broken over two pages
    return tuple(pages)


def joined(pages: Iterable[int]) -> str:
    """Page numbers as they are stored."""
    return ",".join(map(str, pages))


def parted(stored: str) -> tuple[int, ...]:
    """Page numbers as they were stored."""
    return tuple(int(page) for page in stored.split(",") if page)
