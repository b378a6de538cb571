"""Tables of payments (Y11-3): what is to be paid, what came in, what went where, what goes back.

`paid_won` and `left_won` are moved by the database whenever a movement is written (triggers.py);
`proof.py` adds everything up again.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import DigestField, EncryptedText
from server.payments.triggers import EXTRAS

__all__ = ["EXTRAS", "Charge", "Deposit", "Movement", "Refund", "Shape", "Statement"]


class Charge(Model):
    """A fee to be paid for one thing. `subject` names it (`complaint:17`), `label` is the number
    that people know it by, `page` where its applicant reads it. None of them is personal."""

    id = fields.BigIntField(primary_key=True)
    reference = fields.CharField(7, unique=True)
    subject = fields.CharField(60, unique=True)
    label = fields.CharField(40)
    page = fields.CharField(200)
    account_id: int | None
    account: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="charges", null=True, on_delete=fields.RESTRICT
    )
    won = fields.BigIntField()
    paid_won = fields.BigIntField()
    state = fields.CharField(9)
    made_at = fields.DatetimeField()
    pay_by = fields.DateField()
    lapse_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payment_charge"
        indexes = (Index(fields=("state", "lapse_at"), name="payment_charge_by_state"),)
        constraints = (
            CheckConstraint(name="payment_charge_won", check="won > 0"),
            CheckConstraint(name="payment_charge_paid", check="paid_won BETWEEN 0 AND won"),
            CheckConstraint(
                name="payment_charge_state",
                check="state IN ('awaiting', 'confirmed', 'lapsed', 'cancelled')"
                " AND (state = 'awaiting') = (ended_at IS NULL)"
                " AND (state <> 'confirmed' OR paid_won = won)",
            ),
        )


class Deposit(Model):
    """Money that came in: a row of the bank's statement, what the desk took, or what it has seen
    on the account before the bank's file was there (`source`).

    `digest` is the keyed hash of the row: the same row comes in once. `met_digest` is that of the
    bank's row which turned out to be what the desk had seen. `left_won` is what belongs to no
    charge and to no refund yet.
    """

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(4)
    digest = DigestField(unique=True)
    met_digest = DigestField(unique=True, null=True)
    at = fields.DatetimeField()
    won = fields.BigIntField()
    left_won = fields.BigIntField()
    payer = EncryptedText()
    memo = EncryptedText()
    booked_at = fields.DatetimeField()
    booked_by_id: int
    booked_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="booked_deposits", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "payment_deposit"
        indexes = (Index(fields=("left_won", "id"), name="payment_deposit_left"),)
        constraints = (
            CheckConstraint(
                name="payment_deposit_source", check="source IN ('bank', 'desk', 'seen')"
            ),
            CheckConstraint(
                name="payment_deposit_met", check="met_digest IS NULL OR source = 'seen'"
            ),
            CheckConstraint(name="payment_deposit_won", check="won > 0"),
            CheckConstraint(name="payment_deposit_bounds", check="left_won BETWEEN 0 AND won"),
        )


class Refund(Model):
    """Won of a deposit that go back to who paid: asked by one official, paid or refused by
    another. `to` is where it goes."""

    id = fields.BigIntField(primary_key=True)
    deposit_id: int
    deposit: fields.ForeignKeyRelation["Deposit"] = fields.ForeignKeyField(
        "madang.Deposit", related_name="refunds", on_delete=fields.RESTRICT
    )
    won = fields.BigIntField()
    to = EncryptedText()
    state = fields.CharField(7)
    asked_by_id: int
    asked_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="asked_refunds", on_delete=fields.RESTRICT
    )
    asked_at = fields.DatetimeField()
    decided_by_id: int | None
    decided_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="decided_refunds", null=True, on_delete=fields.RESTRICT
    )
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payment_refund"
        indexes = (Index(fields=("state", "id"), name="payment_refund_by_state"),)
        constraints = (
            CheckConstraint(name="payment_refund_won", check="won > 0"),
            CheckConstraint(
                name="payment_refund_state",
                check="state IN ('asked', 'paid', 'refused')"
                " AND (state = 'asked') = (decided_by_id IS NULL)"
                " AND (state = 'asked') = (decided_at IS NULL)",
            ),
            CheckConstraint(
                name="payment_refund_two_persons",
                check="decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            ),
        )


class Movement(Model):
    """Won from a deposit to a charge or a refund; below zero, back again. Append-only."""

    id = fields.BigIntField(primary_key=True)
    deposit_id: int
    deposit: fields.ForeignKeyRelation["Deposit"] = fields.ForeignKeyField(
        "madang.Deposit", related_name="movements", on_delete=fields.RESTRICT
    )
    charge_id: int | None
    charge: fields.ForeignKeyNullableRelation["Charge"] = fields.ForeignKeyField(
        "madang.Charge", related_name="movements", null=True, on_delete=fields.RESTRICT
    )
    refund_id: int | None
    refund: fields.ForeignKeyNullableRelation["Refund"] = fields.ForeignKeyField(
        "madang.Refund", related_name="movements", null=True, on_delete=fields.RESTRICT
    )
    won = fields.BigIntField()
    at = fields.DatetimeField()
    actor_id = fields.BigIntField(null=True)  # None: matched by its reference, or by time
    why = EncryptedText(null=True)  # where it was undone

    class Meta:
        table = "payment_movement"
        indexes = (
            Index(fields=("deposit_id", "id"), name="payment_movement_deposit"),
            Index(fields=("charge_id", "id"), name="payment_movement_charge"),
        )
        constraints = (
            CheckConstraint(name="payment_movement_won", check="won <> 0"),
            CheckConstraint(
                name="payment_movement_one_end",
                check="(charge_id IS NULL) <> (refund_id IS NULL)",
            ),
        )


class Statement(Model):
    """A bank's file between its upload and its booking; its text is gone once it is booked."""

    id = fields.BigIntField(primary_key=True)
    uploaded_by_id: int
    uploaded_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="bank_statements", on_delete=fields.RESTRICT
    )
    uploaded_at = fields.DatetimeField()
    text = EncryptedText(null=True)
    booked_at = fields.DatetimeField(null=True)
    deposits_count = fields.IntField()
    known_count = fields.IntField()

    class Meta:
        table = "payment_statement"
        constraints = (
            CheckConstraint(
                name="payment_statement_text", check="(text IS NULL) = (booked_at IS NOT NULL)"
            ),
        )


class Shape(Model):
    """Which columns of a bank's files mean what, by the names of its columns: chosen once."""

    id = fields.BigIntField(primary_key=True)
    header = DigestField(unique=True)
    columns = fields.TextField()

    class Meta:
        table = "payment_shape"
