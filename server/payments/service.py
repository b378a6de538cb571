"""The door of payments (Y11-3, O9-2): charge for a thing, and hear when it has been paid.

Emits `payment.confirmed` and `payment.lapsed`, each with {"subject": …, "charge": id}: once a
charge, but for one that was confirmed by mistake: `payment.undone`, and then anew; `payment.short`
with each payment that is not enough. Who has to pay is told by this slice itself of what is over,
by the slice that it was asked for of what was undone or is still to be paid: that may be told by
text or letter too, as chosen there.
"""

from server.payments.charging import Charge, cancel, charge, charge_of, lapse_unpaid
from server.payments.rules import State
from server.payments.undoing import keep_as_debt

__all__ = ["Charge", "State", "cancel", "charge", "charge_of", "keep_as_debt", "lapse_unpaid"]
