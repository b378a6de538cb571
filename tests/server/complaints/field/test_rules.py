"""What a phone shows of a case in one line."""

from server.complaints.field.rules import gist


def test_a_gist_is_cut_at_a_word() -> None:
    assert gist("가로등이\n꺼졌습니다.  ") == "가로등이 꺼졌습니다."
    assert gist("가로등이 꺼졌습니다", 6) == "가로등이…"
    assert gist("가" * 300) == "가" * 200 + "…"
