"""Somebody applies for another person, with consent or a mandate (위임장), and that person hears of
it and may object (Y18)."""
