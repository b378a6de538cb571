"""Open to others: Open311, feeds, open data, the JSON API and the figures (Y12-1, Y16)."""
