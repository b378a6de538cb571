"""Tables of SMS and fax (Y15-4): an order, its deliveries, and the receipts as they came.

Numbers and texts are encrypted (O17-2); fax pages lie sealed in the storage.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server.core.crypto import BlindIndex, EncryptedText
from server.messages.triggers import EXTRAS

__all__ = ["EXTRAS", "Delivery", "Message", "Receipt", "Sheet"]


class Message(Model):
    """One order of a resident: priced as a draft, then sent to all of its recipients, or dropped.

    Between the two it may be `held` for somebody's eyes (`held_for` says by which rule) or wait for
    its hour (`scheduled_at`); its points are on hold from the confirmation on. An order of the
    office's own (`paid_by` office) costs no points: it is an official's, or belongs to nobody's
    account, `about` names what it is about (`complaint:12`) and `notice` which notice it tells.

    `units` are all that is paid for; `units_each` of each recipient, None where the texts differ.
    `parts` is a JSON list of the texts as they are handed over to everybody; None where each
    delivery has its own. An order to numbers abroad has the price of those (`abroad`). `filled`:
    its deliveries are all written. `open_count` deliveries have not come to their end; with the
    last of them `ended_at` is set and the sender is told.
    """

    id = fields.UUIDField(primary_key=True)
    account_id: int | None
    account: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="messages", null=True, on_delete=fields.RESTRICT
    )
    person_id = fields.BigIntField(null=True)
    paid_by = fields.CharField(6, default="person")  # person, office
    about = fields.CharField(60, null=True)
    notice = fields.CharField(40, null=True)
    kind = fields.CharField(3)  # sms, fax
    stage = fields.CharField(9)  # draft, held, scheduled, sent, cancelled
    held_for = fields.CharField(40, null=True)
    scheduled_at = fields.DatetimeField(null=True)
    sender = EncryptedText(null=True)  # None once it is erased
    sender_index = BlindIndex(source="sender", null=True)
    body = EncryptedText(null=True)
    parts = EncryptedText(null=True)
    sheet_id = fields.UUIDField(null=True)  # the list it was written with, while that is kept
    recipients = fields.IntField()
    units = fields.IntField()
    units_each = fields.IntField(null=True)
    abroad = fields.BooleanField(default=False)
    filled = fields.BooleanField(default=True)
    unit_points = fields.IntField()
    unit_won = fields.IntField()
    open_count = fields.IntField()
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"
        indexes = (
            Index(fields=("account_id", "created_at"), name="message_account"),
            Index(fields=("person_id", "kind", "confirmed_at"), name="message_day"),
            Index(fields=("stage", "created_at"), name="message_stage"),
            Index(fields=("about",), name="message_about"),
        )
        constraints = (
            CheckConstraint(name="message_kind", check="kind IN ('sms', 'fax')"),
            CheckConstraint(
                name="message_stage_known",
                check="stage IN ('draft', 'held', 'scheduled', 'sent', 'cancelled')",
            ),
            CheckConstraint(
                name="message_held",
                check="(stage <> 'held' OR held_for IS NOT NULL)"
                " AND (stage <> 'scheduled' OR scheduled_at IS NOT NULL)",
            ),
            CheckConstraint(
                name="message_filled", check="filled OR stage IN ('draft', 'cancelled')"
            ),
            CheckConstraint(name="message_open", check="open_count >= 0"),
            CheckConstraint(
                name="message_sender", check="sender IS NOT NULL OR erased_at IS NOT NULL"
            ),
            CheckConstraint(
                name="message_amounts",
                check="recipients > 0 AND units >= recipients AND unit_won >= 0"
                " AND (units_each IS NULL OR units = recipients * units_each)"
                " AND unit_points >= 0 AND (unit_points > 0) = (paid_by = 'person')",
            ),
            CheckConstraint(
                name="message_paid_by",
                check="(paid_by = 'person' AND person_id IS NOT NULL AND account_id IS NOT NULL"
                " AND about IS NULL) OR (paid_by = 'office' AND person_id IS NULL"
                " AND (account_id IS NULL) = (about IS NOT NULL))",
            ),
        )


class Delivery(Model):
    """One numbered message, or one fax, to one number: what is handed over, and what became of it.

    `text` is its own, where the order's texts differ. `order_id` is what the provider knows it by.
    `charged` units were paid for; None while its points are held. `version` counts changes, so that
    news that comes at once is taken one by one.
    """

    id = fields.BigIntField(primary_key=True)
    message_id: UUID
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "madang.Message", related_name="deliveries", on_delete=fields.RESTRICT
    )
    kind = fields.CharField(3)  # of its order
    recipient = fields.IntField()
    part = fields.IntField()
    number = EncryptedText(null=True)
    text = EncryptedText(null=True)
    order_id = fields.CharField(64, unique=True)
    state = fields.CharField(9)
    units = fields.IntField()
    charged = fields.IntField(null=True)
    attempts = fields.IntField(default=0)
    lease = fields.CharField(100, null=True)
    version = fields.IntField(default=0)
    provider = fields.CharField(40, null=True)
    reference = fields.CharField(120, null=True)
    reason = fields.CharField(60, default="")
    sending_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    deadline_at = fields.DatetimeField(null=True)
    delivered_late_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_delivery"
        indexes = (
            Index(fields=("message_id", "recipient", "part"), name="message_delivery_message"),
            Index(fields=("provider", "reference"), name="message_delivery_reference"),
            Index(fields=("state", "deadline_at"), name="message_delivery_deadline"),
            Index(fields=("ended_at",), name="message_delivery_cost"),
        )
        constraints = (
            CheckConstraint(
                name="message_delivery_state",
                check="state IN ('draft', 'queued', 'sending', 'unknown', 'accepted', 'delivered',"
                " 'failed', 'expired', 'cancelled')",
            ),
            CheckConstraint(
                name="message_delivery_charged",
                check="units > 0 AND (charged IS NULL OR charged BETWEEN 0 AND units)",
            ),
            CheckConstraint(
                name="message_delivery_ended",
                check="state NOT IN ('delivered', 'failed', 'expired') OR charged IS NOT NULL",
            ),
        )


class Sheet(Model):
    """A list of recipients (CSV) that was uploaded, so that it need not be chosen again while the
    rest of the form is mended. What it says lies sealed in the storage; both go after a day."""

    id = fields.UUIDField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="message_sheets", on_delete=fields.RESTRICT
    )
    name = EncryptedText()
    created_at = fields.DatetimeField()

    class Meta:
        table = "message_sheet"
        indexes = (Index(fields=("created_at",), name="message_sheet_created"),)


class Receipt(Model):
    """A piece of news from a provider, kept as it came; applied by the worker, once."""

    id = fields.BigIntField(primary_key=True)
    provider = fields.CharField(40)
    event_id = fields.CharField(200)
    order_id = fields.CharField(64, null=True)
    reference = fields.CharField(120, null=True)
    status = fields.CharField(9)
    delivered_units = fields.IntField(null=True)
    reason = fields.CharField(60, default="")
    at = fields.DatetimeField()
    received_at = fields.DatetimeField()
    applied_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_receipt"
        indexes = (
            Index(fields=("provider", "reference"), name="message_receipt_reference"),
            Index(fields=("order_id",), name="message_receipt_order"),
            Index(fields=("applied_at", "id"), name="message_receipt_waiting"),
        )
        constraints = (
            UniqueConstraint(fields=("provider", "event_id"), name="message_receipt_once"),
        )
