"""What deadlines tells the other slices; it needs nothing done for itself."""

from server.core.outbox import Handler
from server.deadlines import declaring, outages

TOPICS: dict[str, list[Handler]] = {declaring.CHANGED: [], outages.ENDED: []}
