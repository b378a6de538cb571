"""Where each provider stands, for all workers together: its next free moment, and its rest."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class Pace(Model):
    """One provider. Times are microseconds since 1970, so that one statement can reckon with them.

    `next_at` is when the next order may be handed over; `rests_until` while it is given none;
    `troubles` counts its failures in a row.
    """

    provider = fields.CharField(40, primary_key=True)
    next_at = fields.BigIntField(default=0)
    rests_until = fields.BigIntField(default=0)
    troubles = fields.IntField(default=0)

    class Meta:
        table = "message_pace"
        constraints = (CheckConstraint(name="message_pace_troubles", check="troubles >= 0"),)
