"""Accounts: who somebody is, how they prove it, and what they may do (Y3-3, Y22, Y24)."""
