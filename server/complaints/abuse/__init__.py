"""Insults, threats and filing by machine: covered, warned of, limited for a time (D4, D11-2)."""
