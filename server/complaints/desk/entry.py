"""Who enters the pages of complaints at the desk, and how often; the workflow says what they may
do there."""

from typing import Final

from server.core.web import Limit, role

READ: Final = Limit(600, "minute")
ACT: Final = Limit(600, "hour")
WHO: Final = role("complaints", "handler", "team_head", "head", "examiner", "audit")
