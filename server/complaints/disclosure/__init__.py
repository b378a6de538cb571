"""What everybody may read of a complaint, and what is covered (Y10-2, Y12-1, Y22-1)."""
