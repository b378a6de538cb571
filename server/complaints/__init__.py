"""Complaints: filed on a phone, handled by the law, followed by all (Y10-1, Y11-4, Y12-1)."""
