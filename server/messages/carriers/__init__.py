"""The providers: whose turn it is, how they fare, what they cost (Y15-4)."""
