"""Tables of fair use of messages: orders held for somebody's eyes, and recipients left out."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText


class OrderReview(Model):
    """Why an order was held, and what came of it; `grounds` as fair use names them.

    Without a decision by `until` its points go back.
    """

    id = fields.BigIntField(primary_key=True)
    message_id: UUID
    message: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Message", related_name="review", on_delete=fields.RESTRICT
    )
    grounds = fields.CharField(40)
    held_at = fields.DatetimeField()
    until = fields.DatetimeField()
    decision = fields.CharField(9, null=True)  # released, refused, expired, withdrawn
    decided_at = fields.DatetimeField(null=True)
    decided_by_id = fields.BigIntField(null=True)
    reason = EncryptedText(null=True)

    class Meta:
        table = "message_review"
        indexes = (Index(fields=("decision", "until"), name="message_review_until"),)
        constraints = (
            CheckConstraint(
                name="message_review_grounds", check="grounds <> '' AND held_at < until"
            ),
            CheckConstraint(
                name="message_review_decided",
                check="(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL"
                " OR decision IN ('released', 'refused', 'expired', 'withdrawn'))",
            ),
            CheckConstraint(
                name="message_review_by",
                check="CASE WHEN decision IN ('released', 'refused')"
                " THEN decided_by_id IS NOT NULL ELSE decided_by_id IS NULL END",
            ),
            CheckConstraint(
                name="message_review_reason", check="(reason IS NOT NULL) = (decision = 'refused')"
            ),
        )


class LeftOut(Model):
    """A recipient of the form who wants nothing: shown, not sent to, not charged."""

    id = fields.BigIntField(primary_key=True)
    message_id: UUID
    message: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Message", related_name="left_out", on_delete=fields.RESTRICT
    )
    number = EncryptedText(null=True)

    class Meta:
        table = "message_left_out"
        indexes = (Index(fields=("message_id",), name="message_left_out_message"),)
