"""Faxes that come in: kept sealed, shown to the complaints department, and filed for their senders
with the time at which they truly arrived (Y18)."""
