"""The door of messages: what pages, the worker, the demo and other slices may ask for (Y15-4)."""

from server.messages.delivery.carrying import (
    Parcel,
    answered,
    begin,
    looked_up,
    overdue,
    to_look_up,
)
from server.messages.delivery.in_hand import lookup_after
from server.messages.delivery.receipts import (
    apply_receipt,
    apply_receipts,
    receive_receipt,
    receive_receipts,
)
from server.messages.fair.fairness import renumber
from server.messages.fair.reading import shown as fair
from server.messages.fair.switching import resume
from server.messages.fax.acknowledging import acknowledge
from server.messages.fax.files import kept as kept_files
from server.messages.fax.files import take as take_files
from server.messages.fax.pages import CoverWords, FaxReading, page_png, read_sheet, tiff, tiff_of
from server.messages.fax.pages import draft as draft_fax
from server.messages.office import send_for_office
from server.messages.orders.drafting import draft_letters, draft_sms
from server.messages.orders.erasing import erase
from server.messages.orders.ordering import (
    cancel,
    carriers,
    confirm,
    dispatch,
    go_ahead,
    must_be_open,
    profile,
    reprice,
    unverified,
)
from server.messages.orders.reading import Listed, Reading, of_account, read
from server.messages.texted import Texted, texted

__all__ = [
    "CoverWords",
    "FaxReading",
    "Listed",
    "Parcel",
    "Reading",
    "Texted",
    "acknowledge",
    "answered",
    "apply_receipt",
    "apply_receipts",
    "begin",
    "cancel",
    "carriers",
    "confirm",
    "dispatch",
    "draft_fax",
    "draft_letters",
    "draft_sms",
    "erase",
    "fair",
    "go_ahead",
    "kept_files",
    "looked_up",
    "lookup_after",
    "must_be_open",
    "of_account",
    "overdue",
    "page_png",
    "profile",
    "read",
    "read_sheet",
    "receive_receipt",
    "receive_receipts",
    "renumber",
    "reprice",
    "resume",
    "send_for_office",
    "take_files",
    "texted",
    "tiff",
    "tiff_of",
    "to_look_up",
    "unverified",
]
