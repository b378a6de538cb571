"""The categories of complaints, as the Act and its Decree name them (Act 2, D14 to D17)."""

from typing import Final

from server.core.i18n import N_

CATEGORIES: Final = {
    "application": N_("법정민원"),
    "statute_inquiry": N_("법령질의"),
    "procedure_inquiry": N_("절차질의"),
    "proposal": N_("건의민원"),
    "grievance": N_("고충민원"),
    "other": N_("기타민원"),
}
"""The categories of the Act and its Decree, as the profile names them."""
