"""What is warned of before a fax leaves, and how a file is named; no database."""

from datetime import date

import pytest

from gateways.encode.attachment import BadPdf, PdfFault
from gateways.encode.picture import BadPicture, PictureFault
from server.messages.fax import rules as fax_rules

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("texts", "pages"),
    [
        (["주민등록번호 900101-1234568"], (1,)),
        (["안녕하세요", "9001011234568"], (2,)),
        (["９００１０１－１２３４５６８", "", "850203 2345678"], (1, 3)),
        (["전화 02-2670-3500, 접수 2611-000427-8"], ()),
        (["법인등록번호 110111-1234567"], ()),
        (["900101-", "1234568"], (1,)),
        ([], ()),
    ],
)
def test_pages_with_resident_numbers(texts: list[str], pages: tuple[int, ...]) -> None:
    assert fax_rules.exposed(texts, TODAY) == pages
    assert fax_rules.parted(fax_rules.joined(pages)) == pages


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("계약서.pdf", "계약서.pdf"),
        ("a\r\nb\tc.jpg", "a b c.jpg"),
        ("가" * 80 + ".pdf", "…" + "가" * 55 + ".pdf"),
        ("", ""),
    ],
)
def test_a_file_is_called_by_its_end(name: str, shown: str) -> None:
    assert fax_rules.shown_name(name) == shown
    assert len(shown) <= fax_rules.NAME_MAX


def test_every_fault_has_words_that_name_the_file() -> None:
    faults: list[BadPicture | BadPdf] = [BadPicture(fault) for fault in PictureFault]
    faults += [BadPdf(fault, 31) for fault in PdfFault]
    for fault in faults:
        said = fax_rules.refusal(fault, "계약서.pdf", 20)
        assert (said.status, said.field) == (422, "files")
        assert said.text().startswith("계약서.pdf: ")
    assert "31쪽" in fax_rules.refusal(BadPdf(PdfFault.TOO_MANY_PAGES, 31), "a", 20).text()
