"""The photo of a mandate, kept for its form as other photos are, and as good or refused."""

from server.complaints.arrival import photos
from server.complaints.behalf.forms import WithMandate, of_the_mandate
from server.core.web import Problem


async def stage(owner: str, form: WithMandate) -> Problem | None:
    """Keep the photo that the form brings, or the one kept before; what was refused, if anything.

    The form comes back with what stands in `mandate_kept`."""
    kept = [] if form.kept_mandate is None else [form.kept_mandate]
    if form.new_mandate:
        try:
            kept = [await photos.stage(owner, form.mandate.data.stream)]
        except Problem as refused:
            return of_the_mandate(refused)
    else:
        kept = await photos.still_staged(owner, kept)
    form.mandate_kept.data = str(kept[0]) if kept else ""
    return None
