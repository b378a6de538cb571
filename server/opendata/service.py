"""The door of open data: what others may ask of it."""

from server.opendata.figures import Statistics, count_anew, told
from server.opendata.keys import Key, every, issue, revoke

__all__ = ["Key", "Statistics", "count_anew", "every", "issue", "revoke", "told"]
