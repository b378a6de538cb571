"""Fax pages: the TIFF rule tag by tag, the same bits in every file, Korean lines, halftones."""

import io
import struct
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gateways.encode import attachment, fax, fax_file, fax_font, fax_image, fax_ink, fax_text
from gateways.encode.picture import BadPicture, PictureFault

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
SEOUL = timezone(timedelta(hours=9))
HEADER = fax.Header(
    "김영희 02-2670-3500", "02-2670-3501", datetime(2026, 11, 28, 10, 12, tzinfo=SEOUL)
)
BODY = fax_font.typeface(FONT, fax_text.BODY_EM)
LETTER = (
    "주차장 이용 신청서\n\n영등포구청 주차문화과 귀중\n\n"
    "당산동 공영주차장 정기권을 다음과 같이 신청합니다. 신청인은 당산동에 거주하며 출퇴근에 "
    "차량을 이용하고 있습니다.\n\n1. 이용 기간: 2027년 1월부터 6월까지\n2. 차량 번호: 별지와 같음"
)


def jpeg(image: Image.Image, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, **more)
    return buffer.getvalue()


def scene(width: int, height: int) -> Image.Image:
    """A picture with every tone: a gradient and a dark disc."""
    image = Image.linear_gradient("L").resize((width, height))
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill=20)
    return image


def attached(image: Image.Image) -> tuple[fax_file.Page, ...]:
    return attachment.read(jpeg(image), 1).pages


def tags_of(tiff: bytes) -> list[dict[int, int | tuple[int, ...]]]:
    """Every directory of a TIFF, read by the standard and nothing of ours (as tiffinfo does)."""
    order, magic, at = struct.unpack_from("<2sHI", tiff)
    assert (order, magic) == (b"II", 42)
    directories = []
    while at:
        (count,) = struct.unpack_from("<H", tiff, at)
        found: dict[int, int | tuple[int, ...]] = {}
        for index in range(count):
            tag, kind, values = struct.unpack_from("<HHI", tiff, at + 2 + 12 * index)
            code, size = {3: ("H", 2), 4: ("I", 4), 5: ("II", 8)}[kind]
            where = at + 2 + 12 * index + 8
            if size * values > 4:
                (where,) = struct.unpack_from("<I", tiff, where)
            read = struct.unpack_from("<" + code * values, tiff, where)
            found[tag] = read[0] if len(read) == 1 else read
        assert list(found) == sorted(found)
        directories.append(found)
        (at,) = struct.unpack_from("<I", tiff, at + 2 + 12 * count)
    return directories


def test_the_tiff_rule_tag_by_tag() -> None:
    drawn = fax.draw(LETTER, attached(scene(900, 700)), HEADER, FONT)
    directories = tags_of(drawn.tiff)
    assert len(directories) == drawn.page_count == 2
    for number, tags in enumerate(directories):
        assert tags[256] == 1728
        assert isinstance(tags[257], int)
        assert 0 < tags[257] <= 2284
        assert tags[278] == tags[257]
        assert (tags[258], tags[259], tags[262], tags[266], tags[277]) == (1, 4, 0, 1, 1)
        assert (tags[282], tags[283], tags[296]) == ((204, 1), (196, 1), 2)
        assert (tags[254], tags[293], tags[297]) == (2, 0, (number, 2))
        assert isinstance(tags[273], int)
        assert isinstance(tags[279], int)
        assert tags[273] + tags[279] <= len(drawn.tiff)


def test_tiff_pdf_and_preview_hold_the_same_bits() -> None:
    drawn = fax.draw(LETTER, attached(scene(700, 900)), HEADER, FONT)
    with Image.open(io.BytesIO(drawn.tiff)) as tiff:
        assert tiff.n_frames == drawn.page_count
        for number, page in enumerate(drawn.pages):
            tiff.seek(number)
            with Image.open(io.BytesIO(fax_file.to_png(page))) as preview:
                assert preview.size == tiff.size == (1728, 2284)
                assert preview.mode == tiff.mode == "1"
                assert preview.tobytes() == tiff.tobytes()
                assert preview.histogram()[0] > 500  # ink
    for page in drawn.pages:
        assert page.strip in drawn.pdf
    assert fax_file.from_tiff(drawn.tiff) == drawn.pages


def test_the_drawn_ink_is_the_coded_ink() -> None:
    """Against Pillow's own way to a Group 4 strip, which is slower but public."""
    sheet = fax_text.draw(fax_text.wrap(LETTER, BODY), BODY)
    page = fax_file.encode(sheet)
    ink = Image.frombytes("1", (1728, 2284), sheet.tobytes())
    assert fax_file.decode(page).tobytes() == ImageChops.invert(ink).tobytes()
    buffer = io.BytesIO()
    ink.save(buffer, "TIFF", compression="group4", tiffinfo={278: 2284})
    assert page.strip in buffer.getvalue()
    assert fax_file.encode(fax_file.sheet_of(ink)) == page


def test_the_same_letter_is_the_same_file() -> None:
    first = fax.draw(LETTER, attached(scene(700, 900)), HEADER, FONT)
    fax_font.typeface.cache_clear()
    again = fax.draw(LETTER, attached(scene(700, 900)), HEADER, FONT)
    assert first.tiff == again.tiff
    assert first.pdf == again.pdf


def test_the_pdf_is_sound() -> None:
    pdf = fax.draw(LETTER * 12, [], HEADER, FONT).pdf
    assert pdf.startswith(b"%PDF-1.4\n")
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert pdf[table:].startswith(b"xref\n0 ")
    entries = pdf[table:].split(b"trailer")[0].split(b"\n")[3:-1]
    for number, entry in enumerate(entries, start=1):
        offset = int(entry[:10])
        assert pdf[offset:].startswith(b"%d 0 obj" % number)


def test_a_small_preview_keeps_a4s_proportions() -> None:
    page = fax.draw(LETTER, [], HEADER, FONT).pages[0]
    with Image.open(io.BytesIO(fax_file.to_png(page, width=432))) as small:
        assert small.mode == "L"
        assert small.size == (432, 594)
        assert abs(small.height / small.width - (2284 / 196) / (1728 / 204)) < 0.01


def test_long_text_flows_over_pages_and_loses_nothing() -> None:
    text = "\n".join(
        f"{n}. 민원을 처리하는 절차를 안내합니다. " + "가나다라 " * 12 for n in range(90)
    )
    assert len(text) > 4096
    lines = fax_text.wrap(fax_text.tidy(text), BODY)
    sheets = fax_text.pages(lines)
    drawn = fax.draw(text, [], HEADER, FONT)
    assert drawn.page_count == len(sheets) == len(fax.text_pages(text, FONT)) > 2
    assert all(len(sheet) <= fax_text.LINES_A_PAGE for sheet in sheets)
    said = " ".join(line for sheet in sheets for line in sheet)
    assert said.split() == text.split()


def test_a_text_is_known_page_by_page() -> None:
    assert fax.text_pages(" \n ", FONT) == ()
    assert fax.text_pages("한 줄", FONT) == ("한 줄",)
    assert fax.text_pages("\n".join("가" * 38), FONT) == ("\n".join("가" * 38),)
    assert fax.text_pages("\n".join("가" * 39), FONT)[1] == "가"


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b"])
def test_nothing_is_not_drawn(text: str) -> None:
    with pytest.raises(fax.CannotDraw) as caught:
        fax.draw(text, [], HEADER, FONT)
    assert caught.value.code == "empty"


def test_more_than_thirty_pages_are_not_drawn() -> None:
    with pytest.raises(fax.CannotDraw) as caught:
        fax.draw("\n".join("가" * 38 * 30) + "\n나", [], HEADER, FONT)
    assert caught.value.code == "too_many_pages"


def test_what_the_font_lacks_is_a_box_and_reported() -> None:
    drawn = fax.draw("안녕 😀😀 ᄀᆞ 漢字 뷁", [], HEADER, FONT)
    assert drawn.lacking == "😀ᆞ" or set(drawn.lacking) <= set("😀ᄀᆞ")
    assert "😀" in drawn.lacking
    assert BODY.lacks("가힣漢字뷁ABC①㎡★") == ""
    box = BODY.draw("😀")
    assert box.getbbox() is not None
    assert box.tobytes() == BODY.draw("😁").tobytes() != BODY.draw("가").tobytes()


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("가\r\n나\r다", "가\n나\n다"),
        ("한", "한"),
        ("가\tb", "가   b"),
        ("가\x00\x1b나\u202e다\ufe0f", "가나다"),
        ("가\u00a0나\u3000다", "가 나\u3000다"),
        ("\n\n  가  \n\n", "  가"),
    ],
)
def test_text_is_tidied(typed: str, set_as: str) -> None:
    assert fax_text.tidy(typed) == set_as


def test_lines_break_between_words() -> None:
    text = "당산동 공영주차장 정기권을 다음과 같이 신청합니다. " * 3
    for line in fax_text.wrap(fax_text.tidy(text), BODY):
        assert not line.startswith(" ")
        assert not line.endswith(" ")
        assert all(word in text.split() for word in line.split())


def test_a_word_longer_than_a_line_is_cut_by_the_rules_of_line_heads_and_ends() -> None:
    fits = fax_text.TEXT_WIDTH // BODY.widths["가"]
    assert fits == 43
    for stop in ".,)」』。？！…":
        lines = fax_text.wrap("가" * fits + stop + "나" * 5, BODY)
        assert not lines[1].startswith(stop)
    for start in "(「『“₩":
        room = fits - 1
        lines = fax_text.wrap("가" * room + start + "나" * fits, BODY)
        assert not lines[0].endswith(start)
    assert "".join(fax_text.wrap("." * 500, BODY)) == "." * 500


@pytest.mark.parametrize("word", ["가" * 5000, "http://" + "a" * 5000, "((((" * 400, "." * 900])
def test_a_word_of_any_length_is_set_whole(word: str) -> None:
    lines = fax_text.wrap(f"앞 {word} 뒤", BODY)
    assert "".join(lines).replace(" ", "") == f"앞{word}뒤"
    assert all(BODY.width(line) <= fax_text.TEXT_WIDTH for line in lines)
    assert lines[0].startswith("앞 ")
    assert len(lines[0]) > 20


def test_what_is_kept_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fax_font, "_BYTES_MAX", 100_000)
    monkeypatch.setattr(fax_font, "_WORDS_MAX", 100)
    face = fax_font.Typeface(FONT, fax_text.BODY_EM)
    for n in range(300):
        assert fax_text.wrap(f"가나다라마바사아자차카타파하{n}", face)
        assert sum(width * face.height for _, width in face.words.values()) <= 100_000
        assert len(face.widths) <= 100


def test_indents_and_empty_lines_are_kept() -> None:
    lines = fax_text.wrap("제목\n\n  1. 하나\n    가. 둘", BODY)
    assert lines == ["제목", "", "  1. 하나", "    가. 둘"]


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("가힣뷁 aW.,()「」\n漢1"), max_size=600))
def test_no_line_is_wider_than_the_page_and_none_is_lost(text: str) -> None:
    tidy = fax_text.tidy(text)
    lines = fax_text.wrap(tidy, BODY) if tidy else []
    for line in lines:
        assert BODY.width(line) <= fax_text.TEXT_WIDTH
    assert "".join("".join(lines).split()) == "".join(tidy.split())


def test_the_header_says_who_when_and_which_page() -> None:
    drawn = fax.draw("가\n" * 60, [], HEADER, FONT)
    heads = []
    for page in drawn.pages:
        paper = fax_file.decode(page)
        head = paper.crop((0, 0, 1728, 100))
        assert head.histogram()[0] > 300
        heads.append(head)
    differs = ImageChops.difference(heads[0].convert("L"), heads[1].convert("L")).getbbox()
    assert differs is not None
    assert differs[0] > 1500  # nothing but the page number, at the right


def test_a_long_sender_does_not_run_into_the_page_number() -> None:
    long = fax.Header("가나다라마바사" * 30, "02-2670-3501", HEADER.at)
    first, second = (fax.draw("가", [], header, FONT).pages[0] for header in (HEADER, long))
    right = (1380, 0, 1728, 74)
    assert fax_file.decode(first).crop(right).tobytes() == (
        fax_file.decode(second).crop(right).tobytes()
    )


@pytest.mark.parametrize(
    ("size", "upright"), [((1600, 1200), False), ((1200, 1600), True), ((900, 900), True)]
)
def test_pictures_fit_the_page_in_true_proportion(size: tuple[int, int], upright: bool) -> None:
    image = Image.new("L", size, 0)
    paper = fax_file.decode(fax_image.draw(jpeg(image)))
    box = ImageChops.invert(paper).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left >= fax_image.LEFT
    assert right <= 1728 - fax_image.LEFT
    assert top == fax_image.TOP
    assert bottom <= fax_file.ROWS_MAX - fax_image.BOTTOM
    across, down = (right - left) / 204, (bottom - top) / 196
    wide, tall = size if upright else size[::-1]
    assert abs((across / down) / (wide / tall) - 1) < 0.01


def test_a_photo_keeps_its_tones() -> None:
    grey = Image.linear_gradient("L").resize((1000, 1000))
    ink = fax_ink.of_picture(grey)
    assert ink.mode == "1"
    shares = []
    for top in range(0, 1000, 100):
        band = ink.crop((0, top, 1000, top + 100)).histogram()
        shares.append(band[255] / sum(band))
    assert shares[0] > 0.9
    assert shares[-1] < 0.1
    assert all(darker > lighter for darker, lighter in pairwise(shares))


def test_a_dull_photo_is_spread() -> None:
    dull = scene(800, 800).point(lambda level: 100 + level // 6)
    ink = fax_ink.of_picture(dull).histogram()
    assert 0.2 < ink[255] / sum(ink) < 0.8
    dark = fax_ink.of_picture(dull).crop((250, 250, 350, 350)).histogram()
    assert dark[255] / sum(dark) > 0.8


def test_a_photographed_letter_loses_its_shadow_and_keeps_its_strokes() -> None:
    letter = fax_file.decode(fax.draw(LETTER, [], HEADER, FONT).pages[0]).convert("L")
    shadow = Image.linear_gradient("L").resize(letter.size).point(lambda v: 130 + v * 0.45)
    lit = ImageChops.multiply(letter.point(lambda v: 50 + v * 0.8), shadow)
    photo = lit.filter(ImageFilter.GaussianBlur(1.5))
    ink = fax_ink.of_picture(photo)
    clean = fax_ink.of_picture(letter)
    margin = ink.crop((0, 1500, 1728, 2284)).histogram()
    assert margin[255] == 0
    strokes, wanted = ink.histogram()[255], clean.histogram()[255]
    assert 0.7 < strokes / wanted < 1.8


def test_what_is_neither_picture_nor_pdf_is_refused() -> None:
    with pytest.raises(BadPicture) as caught:
        attachment.read(b"#!/bin/sh\nrm -rf /", 1)
    assert caught.value.fault is PictureFault.NOT_AN_IMAGE


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (215, 100)),
        Image.new("L", (216, 2285)),
        Image.new("1", (216, 100)),
    ],
)
def test_pages_against_the_rule_are_not_coded(image: Image.Image) -> None:
    with pytest.raises(fax_file.NotAFax):
        fax_file.encode(image)
    with pytest.raises(fax_file.NotAFax):
        fax_file.sheet_of(image)


def other_tiff(size: tuple[int, int], **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", size, 1).save(buffer, "TIFF", **more)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\x7f",
        b"MM\0*\0\0\0\x08",
        b"GIF89a",
        other_tiff((1728, 100)),
        other_tiff((1700, 100), compression="group4"),
        other_tiff((1728, 2292), compression="group4", dpi=(204, 196)),
    ],
)
def test_other_tiffs_are_no_faxes(tiff: bytes) -> None:
    with pytest.raises(fax_file.NotAFax):
        fax_file.from_tiff(tiff)


def test_a_truncated_fax_is_noticed_at_every_length() -> None:
    tiff = fax.draw("가", [], HEADER, FONT).tiff
    for length in range(0, len(tiff), 7):
        with pytest.raises(fax_file.NotAFax):
            fax_file.from_tiff(tiff[:length])


def test_a_tiff_that_goes_round_ends() -> None:
    tiff = bytearray(fax.draw("가", [], HEADER, FONT).tiff)
    (first,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, first)
    struct.pack_into("<I", tiff, first + 2 + 12 * count, first)
    with pytest.raises(fax_file.NotAFax):
        fax_file.from_tiff(bytes(tiff))
