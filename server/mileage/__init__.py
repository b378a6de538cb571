"""Mileage (Y15-3, Y15-4): points earned by table 1, kept in a ledger, spent on messages."""
