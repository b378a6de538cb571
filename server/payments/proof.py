"""Adds everything up again: what the sums of the tables say must be what the movements say."""

from typing import Final

from server.core import db

_CHECKS: Final = {
    "deposit": """
        SELECT d.id FROM payment_deposit d WHERE d.left_won <> d.won - COALESCE(
          (SELECT SUM(m.won) FROM payment_movement m WHERE m.deposit_id = d.id), 0)
    """,
    "charge": """
        SELECT c.id FROM payment_charge c WHERE c.paid_won <> COALESCE(
          (SELECT SUM(m.won) FROM payment_movement m WHERE m.charge_id = c.id), 0)
    """,
    "refund": """
        SELECT r.id FROM payment_refund r
        WHERE CASE WHEN r.state = 'refused' THEN 0 ELSE r.won END <> COALESCE(
          (SELECT SUM(m.won) FROM payment_movement m WHERE m.refund_id = r.id), 0)
    """,
    "confirmed": """
        SELECT c.id FROM payment_charge c
        WHERE (c.state = 'confirmed' AND c.paid_won <> c.won)
          OR (c.state IN ('lapsed', 'cancelled') AND c.paid_won <> 0)
    """,
}


async def check() -> list[str]:
    """What does not add up (`deposit 7`); empty when every won is accounted for."""
    return [
        f"{what} {row['id']}" for what, sql in _CHECKS.items() for row in await db.fetch(sql, [])
    ]
