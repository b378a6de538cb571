"""The way of a complaint through the office, up to its answer (Act 9-22, its Decree 13-25)."""
