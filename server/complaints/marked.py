"""Insults that an official marked in a complaint: covered at the desk and for everybody (D4)."""

from collections.abc import Iterable

from server.complaints.abuse_models import Insult


async def words_of(complaint_id: int) -> list[str]:
    """The words marked in a complaint, the longest first."""
    rows = await Insult.filter(complaint_id=complaint_id)
    return sorted((row.word for row in rows), key=len, reverse=True)


async def words_of_all(complaint_ids: Iterable[int]) -> dict[int, list[str]]:
    """The same for a list of complaints, as far as there are any."""
    found: dict[int, list[str]] = {}
    for row in await Insult.filter(complaint_id__in=list(complaint_ids)):
        found.setdefault(row.complaint_id, []).append(row.word)
    return {each: sorted(words, key=len, reverse=True) for each, words in found.items()}
