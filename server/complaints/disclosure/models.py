"""Table of what the office decided on the disclosure of a complaint (Y10-2, Y12-1)."""

from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.models import Complaint
from server.core.crypto import EncryptedText


class Ruling(Model):
    """One decision: closed to the public, opened again, or more of it covered, with its reason.

    What stands now is the sum of all: the last of `hide` and `show`, and every word covered.
    `words` are covered wherever they occur (one a line); `photos` says that they are not shown.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Complaint] = fields.ForeignKeyField(
        "madang.Complaint", related_name="rulings"
    )
    at = fields.DatetimeField()
    actor_id: int
    actor: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="rulings", on_delete=fields.RESTRICT
    )
    act = fields.CharField(5)
    ground = fields.CharField(20)
    reason = EncryptedText()
    words = EncryptedText(null=True)
    photos = fields.BooleanField()

    class Meta:
        table = "complaint_ruling"
        indexes = (("complaint", "id"),)
        constraints = (
            CheckConstraint(
                name="complaint_ruling_act",
                check="act IN ('hide', 'show', 'cover')"
                " AND (act = 'cover' OR (words IS NULL AND NOT photos))",
            ),
        )
