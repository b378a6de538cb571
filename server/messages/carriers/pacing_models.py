"""Where each provider stands, for all workers: its next free moment, its rest, its last news."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class Pace(Model):
    """One provider. Times are microseconds since 1970, so that one statement can reckon with them.

    `next_at` is when the next order may be handed over; `rests_until` while it is given none;
    `troubles` counts its failures in a row. `taken_at` is when it last took an order, `trouble_at`
    and `trouble` when and why it last did not, as far as that was not about the order itself.
    """

    provider = fields.CharField(40, primary_key=True)
    next_at = fields.BigIntField(default=0)
    rests_until = fields.BigIntField(default=0)
    troubles = fields.IntField(default=0)
    taken_at = fields.DatetimeField(null=True)
    trouble_at = fields.DatetimeField(null=True)
    trouble = fields.CharField(60, default="")

    class Meta:
        table = "message_pace"
        constraints = (CheckConstraint(name="message_pace_troubles", check="troubles >= 0"),)
