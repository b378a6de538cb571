"""A complaint as a resident types it, for every test that files one over HTTP."""

import re


def filled(**more: str) -> dict[str, str]:
    """The fields of /complaints/new, filled in; `topic` is chosen from the form."""
    return {
        "title": "가로등이 꺼졌습니다",
        "body": "당산로 12길 모퉁이 가로등이 사흘째 꺼져 있어 밤길이 어둡습니다.",
        "place": "당산로 12길 모퉁이",
        "public": "y",
        "reply_by": "app",
    } | more


def topic_of(html: str) -> str:
    """A topic that the filing form offers."""
    found = re.search(r'(?s)name="topic".*?value="([a-z][a-z0-9-]+)"', html)
    assert found, "the form offers no topic"
    return found[1]
