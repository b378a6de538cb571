"""What the worker does for faxes that came in: their pages are drawn; later they are erased."""

from datetime import timedelta
from typing import Final

from server.complaints.faxes import receiving
from server.core.outbox import Handler, Timer

TOPICS: Final[dict[str, list[Handler]]] = {receiving.ARRIVED: [receiving.draw]}

TIMERS: Final = (Timer("complaints.erase_faxes", timedelta(hours=6), receiving.erase),)
