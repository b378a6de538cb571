"""What the worker does for accounts, and which topics accounts announce to others."""

from server.core.outbox import Handler

TOPICS: dict[str, list[Handler]] = {
    "accounts.code_issued": [],
    "accounts.password_reset": [],
    "accounts.verified": [],
    "accounts.withdrawn": [],
    "accounts.signed_out": [],
    "accounts.factor_changed": [],
}
"""All carry `account_id`; whoever wants to hear of them adds a handler of its own."""
