"""What goes with a fax: a picture or a PDF, known by its content, as fax pages without header.

The pages and the text on them are all that is kept of a stranger's file. Runs in a child process
(`gateways.encode.workbench_child`), for decoders have faults of their own.
"""

from enum import StrEnum
from typing import NamedTuple

from gateways.encode.fax_file import Page
from gateways.encode.parcels import Facts, Refused

BYTES_MAX = 30_000_000
HEAD_BYTES = 1024  # readers find the signature anywhere in these (ISO 32000-1, H.3.4.1)


class PdfFault(StrEnum):
    """Why a PDF is refused; the server holds the sentence for each."""

    TOO_LARGE = "too_large"
    ENCRYPTED = "encrypted"
    NO_PRINTING = "no_printing"
    BROKEN = "broken"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"


class BadPdf(Refused):
    """A PDF that is refused; `fault` says why, `pages` how many it has, where that is known."""

    def __init__(self, fault: PdfFault, pages: int = 0) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.pages = pages

    @property
    def refusal(self) -> Facts:
        return {"refused": self.fault.value, "pages": self.pages}


class Attachment(NamedTuple):
    """The pages of one file, and the text that a PDF carries on each (a picture carries none)."""

    pages: tuple[Page, ...]
    texts: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Attachment({len(self.pages)} pages)"


def is_pdf(data: bytes) -> bool:
    """Whether bytes call themselves a PDF, whatever the name of their file."""
    return b"%PDF-" in data[:HEAD_BYTES]


def read(data: bytes, pages_max: int) -> Attachment:
    """Draw a file as at most `pages_max` A4 pages, the room for the header line left free.

    Raises BadPdf, and picture.BadPicture for what is no PDF.
    """
    # Here and not above: only the child that draws has decoders in its memory, no server, and each
    # only what it needs.
    if not is_pdf(data):
        from gateways.encode import fax_image

        return Attachment((fax_image.draw(data),), ("",))
    if len(data) > BYTES_MAX:
        raise BadPdf(PdfFault.TOO_LARGE)
    from gateways.encode import pdf

    return pdf.read(data, pages_max)
