"""Who enters the pages of complaints at the desk, and how often. What they may do there the workflow
says."""

from typing import Final

from server.core.web import Limit, role

READ: Final = Limit(600, "minute")
ACT: Final = Limit(600, "hour")
WHO: Final = role("complaints", "handler", "team_head", "head", "examiner", "audit")
