"""Insults that an official marked in a complaint: covered at the desk and for everybody (D4)."""

from collections.abc import Iterable

from server.complaints.abuse.models import Insult


async def words_of(complaint_id: int) -> list[str]:
    """The words marked in a complaint, the longest first."""
    rows = await Insult.filter(complaint_id=complaint_id)
    return sorted((row.word for row in rows), key=len, reverse=True)


async def words_by_number(numbers: Iterable[str]) -> dict[str, list[str]]:
    """The same for a list of complaints, by number, as far as there are any."""
    found: dict[str, list[str]] = {}
    rows = Insult.filter(complaint__number__in=list(numbers)).prefetch_related("complaint")
    for row in await rows:
        found.setdefault(row.complaint.number, []).append(row.word)
    return {each: sorted(words, key=len, reverse=True) for each, words in found.items()}
