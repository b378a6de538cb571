"""The door of messages: what pages, the worker, the demo and other slices may ask for (Y15-4)."""

from server.messages.carrying import (
    Parcel,
    answered,
    apply_receipt,
    begin,
    looked_up,
    lookup_after,
    overdue,
    receive_receipt,
    to_look_up,
)
from server.messages.drafting import draft_letters, draft_sms
from server.messages.erasing import erase
from server.messages.fax import draft as draft_fax
from server.messages.fax import page_png, tiff
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
    sent_on,
    sent_today,
    unverified,
)
from server.messages.reading import Listed, Reading, of_account, read
from server.messages.texted import Texted, texted

__all__ = [
    "Listed",
    "Parcel",
    "Reading",
    "Texted",
    "answered",
    "apply_receipt",
    "begin",
    "cancel",
    "carriers",
    "confirm",
    "dispatch",
    "draft_fax",
    "draft_letters",
    "draft_sms",
    "erase",
    "go_ahead",
    "looked_up",
    "lookup_after",
    "must_be_open",
    "of_account",
    "overdue",
    "page_png",
    "profile",
    "read",
    "receive_receipt",
    "reprice",
    "send_for_office",
    "texted",
    "sent_on",
    "sent_today",
    "tiff",
    "to_look_up",
    "unverified",
]
