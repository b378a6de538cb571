"""Complaints as residents and everybody read them: list, page, timeline (Y12-1, Y5-2)."""
