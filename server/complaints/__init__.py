"""Complaints: filed on a phone, handled by the Civil Petitions Treatment Act (Y10-1, Y11-4, Y12-1)."""
