"""The door of payments (Y11-3, O9-2): charge for a thing, and hear when it has been paid.

Emits `payment.confirmed` and `payment.lapsed`, each with {"subject": …, "charge": id}: once a
charge. Who has to pay is told by this slice itself.
"""

from server.payments.charging import Charge, cancel, charge, charge_of
from server.payments.rules import State

__all__ = ["Charge", "State", "cancel", "charge", "charge_of"]
