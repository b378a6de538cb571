"""What of a principal the public copy has to cover, and whether there may be one (Y12-2, Y18)."""

from server.complaints.behalf.models import Principal


async def particulars(complaint_id: int, *, address: bool = True) -> list[str]:
    """The principal's name, telephone and, unless it is not wanted, address, as far as known."""
    row = await Principal.get_or_none(complaint_id=complaint_id)
    if row is None:
        return []
    known = (row.name, row.phone, row.address if address else None)
    return [text for text in known if text]


async def objected(complaint_id: int) -> bool:
    """Whether the principal does not want it: nothing of it is public then."""
    return await Principal.filter(complaint_id=complaint_id, objected_at__isnull=False).exists()


async def take_along(former_id: int, again_id: int) -> None:
    """A new handling is for the same person; the photo of the mandate serves both."""
    for row in await Principal.filter(complaint_id=former_id).values():
        del row["phone_blind"]  # the database writes it
        await Principal.create(**{**row, "complaint_id": again_id})
