"""Many people or many times the same matter (D6(7), D8, Act 23, D17(2), D26)."""
