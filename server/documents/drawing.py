"""A paper drawn as PDF: A4, title and language set, the font that the project ships inside it, and
tagged: what is a heading, a paragraph, a picture or mere decoration stands in the file.

Runs as a child process (`python -m server.documents.drawing FONT`): JSON comes in, the PDF goes
out. Setting Korean type takes a second of work, which is not the server's to lose.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.prefs import ViewerPreferences

from server.documents.paper import Fact, Paper, Section, Stamp, unpacked

MARGIN_MM = 20.0
WINDOW_TOP_MM = 45.0  # where the window of an envelope shows the addressee
LABEL_MM = 32.0
LINE_MM = 6.6
QR_MM = 22.0
FAMILY = "Pretendard"
INK, GREY, NAVY = (29, 33, 38), (88, 97, 106), (5, 43, 87)


class Sheet(FPDF):
    """Sheets of one document, each with the office's name above and the page's number below."""

    def __init__(self, paper: Paper, stamp: Stamp, font: str) -> None:
        """`font` is the path of a TrueType or OpenType file."""
        super().__init__(format="A4")
        self.paper, self.stamp = paper, stamp
        self.tag: str | None = None
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_lang("ko-KR" if paper.language == "ko" else "en")
        self.set_title(f"{paper.title} {paper.number}".strip())
        self.set_author(paper.office)
        self.set_creator("Madang")
        self.set_creation_date(datetime.fromisoformat(stamp.moment))
        self.set_display_mode("fullwidth")
        self.add_font(FAMILY, "", font)
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + 8)

    @contextmanager
    def tagged(self, kind: str, alt: str | None = None) -> Iterator[None]:
        """What is drawn within is a part of the document of that kind (H1, H2, P, Figure), over as
        many sheets as it takes."""
        self._begin(kind, alt)
        yield
        self._out("EMC")
        self.tag = None

    def _begin(self, kind: str, alt: str | None = None) -> None:
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=mcid, alt_text=alt)
        self._out(f"/{kind} <</MCID {mcid}>> BDC")
        self.tag = kind

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn within is no part of the document: readers pass over it."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    def add_page(self, *args: Any, **kwargs: Any) -> None:
        """The next sheet; a part of the document that goes on is tagged there as well."""
        going_on = self.tag
        if going_on is not None:
            self._out("EMC")
        super().add_page(*args, **kwargs)
        if going_on is not None:
            self._begin(going_on)

    def header(self) -> None:
        """The office's name, and what the paper is."""
        with self.decoration():
            self._head()

    def _head(self) -> None:
        self.set_font(FAMILY, size=9)
        self.set_text_color(*GREY)
        self.set_y(11)
        self.cell(self.epw / 2, 5, self.paper.office)
        number = f"{self.paper.title} {self.paper.number}" if self.page_no() > 1 else ""
        self.cell(self.epw / 2, 5, number, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*NAVY)
        self.line(MARGIN_MM, 17.5, self.w - MARGIN_MM, 17.5)
        self.set_y(MARGIN_MM + 4)

    def footer(self) -> None:
        """Which page of how many."""
        with self.decoration():
            self.set_y(-15)
            self.set_font(FAMILY, size=8)
            self.set_text_color(*GREY)
            self.cell(self.epw, 5, f"{self.page_no()} / {{nb}}", align="C")

    def whole(self) -> bytes:
        """The document."""
        self.add_page()
        if self.paper.addressee:
            self.address()
        self.start_section(self.paper.title)
        self.words(self.paper.title, 20, 11, NAVY, "H1")
        self.ln(3)
        self.facts(self.paper.facts)
        for section in self.paper.sections:
            self.section(section)
        self.ln(5)
        self.facts(self.paper.contact)
        self.signature()
        if self.stamp.code:
            self.proof()
        return bytes(self.output())

    def words(
        self, text: str, size: float, height: float, ink: tuple[int, int, int], kind: str = "P"
    ) -> None:
        """Lines of text across the sheet; `kind` is what of the document they are."""
        self.set_font(FAMILY, size=size)
        self.set_text_color(*ink)
        with self.tagged(kind):
            self.lines(self.epw, height, text)

    def lines(self, width: float, height: float, text: str) -> None:
        """Lines of text from here on."""
        self.multi_cell(width, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def address(self) -> None:
        """Whom it goes to, where an envelope's window is."""
        self.set_y(WINDOW_TOP_MM)
        for line in self.paper.addressee:
            self.words(line, 11, LINE_MM, INK)
        self.set_y(WINDOW_TOP_MM + 40)

    def facts(self, facts: tuple[Fact, ...]) -> None:
        """Labels and what they hold, under one another."""
        for label, value in facts:
            self.set_font(FAMILY, size=10.5)
            self.set_text_color(*GREY)
            top = self.get_y()
            if self.will_page_break(LINE_MM):
                self.add_page()
                top = self.get_y()
            with self.tagged("P"):
                self.cell(LABEL_MM, LINE_MM, label)
                self.set_text_color(*INK)
                self.set_xy(MARGIN_MM + LABEL_MM, top)
                self.lines(self.epw - LABEL_MM, LINE_MM, value or " ")
            if not value:
                self.line_to_write()

    def line_to_write(self) -> None:
        """A line for whoever fills it in by hand, with room above it."""
        self.ln(LINE_MM / 2)
        with self.decoration():
            self.set_draw_color(*GREY)
            self.line(MARGIN_MM + LABEL_MM, self.get_y(), self.w - MARGIN_MM, self.get_y())
        self.ln(1)

    def section(self, section: Section) -> None:
        """A heading that never stands alone at a sheet's end, and its text."""
        self.ln(4)
        if self.will_page_break(3 * LINE_MM):
            self.add_page()
        self.start_section(section.title, level=1)
        self.words(section.title, 12.5, 8, NAVY, "H2")
        self.words(section.text, 10.5, LINE_MM, INK)

    def signature(self) -> None:
        """The day, and in whose name."""
        self.ln(6)
        if self.will_page_break(3 * LINE_MM):
            self.add_page()
        self.set_font(FAMILY, size=11)
        self.set_text_color(*INK)
        for text, size in ((self.stamp.issued, 11), (self.paper.sender, 15)):
            self.set_font(FAMILY, size=size)
            with self.tagged("P"):
                self.cell(self.epw, 9, text, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def proof(self) -> None:
        """The code, and a QR code of the page where it is checked."""
        self.ln(5)
        if self.will_page_break(QR_MM + 4):
            self.add_page()
        self.set_draw_color(*GREY)
        with self.decoration():
            self.line(MARGIN_MM, self.get_y(), self.w - MARGIN_MM, self.get_y())
        top = self.get_y() + 3
        with self.tagged("Figure", self.stamp.address):
            self.qr(self.stamp.address, MARGIN_MM, top)
        self.set_left_margin(MARGIN_MM + QR_MM + 5)
        self.set_xy(MARGIN_MM + QR_MM + 5, top)
        self.words(self.stamp.code, 13, 8, INK)
        self.words(self.stamp.words, 9, 5, GREY)
        self.set_left_margin(MARGIN_MM)

    def qr(self, text: str, left: float, top: float) -> None:
        """A QR code as black squares: lines stay sharp on every printer."""
        rows = [list(row) for row in segno.make(text, micro=False, error="m").matrix]
        side = QR_MM / len(rows)
        self.set_fill_color(0, 0, 0)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    self.rect(left + x * side, top + y * side, side, side, style="F")


def draw(paper: Paper, stamp: Stamp, font: str) -> bytes:
    """The PDF. The same paper with the same stamp is the same file, byte for byte."""
    return Sheet(paper, stamp, font).whole()


def main() -> None:
    """JSON of `paper.packed` on standard input, the PDF on standard output."""
    paper, stamp = unpacked(json.load(sys.stdin.buffer))
    sys.stdout.buffer.write(draw(paper, stamp, sys.argv[1]))


if __name__ == "__main__":
    main()
