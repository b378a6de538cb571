"""The door of messages: what pages, the worker, the demo and other slices may ask for (Y15-4)."""

from server.messages.acknowledging import acknowledge
from server.messages.carrying import (
    Parcel,
    answered,
    begin,
    looked_up,
    overdue,
    to_look_up,
)
from server.messages.drafting import draft_letters, draft_sms
from server.messages.erasing import erase
from server.messages.fair_reading import shown as fair
from server.messages.fairness import renumber
from server.messages.fax import CoverWords, FaxReading, page_png, read_sheet, tiff, tiff_of
from server.messages.fax import draft as draft_fax
from server.messages.fax_files import kept as kept_files
from server.messages.fax_files import take as take_files
from server.messages.in_hand import lookup_after
from server.messages.office import send_for_office
from server.messages.ordering import (
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
from server.messages.reading import Listed, Reading, of_account, read
from server.messages.receipts import (
    apply_receipt,
    apply_receipts,
    receive_receipt,
    receive_receipts,
)
from server.messages.switching import resume
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
