"""Work on the spot: the day's cases on an official's phone, and what was found (Y16, Y10-2)."""
