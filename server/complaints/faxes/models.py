"""Table of the faxes that came in (Y18)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText

STATES = ("arrived", "waiting", "unreadable", "filed", "set_aside")


class ReceivedFax(Model):
    """One fax. `event` is a hash of the provider's name for it; `file` leads to its sealed pages in
    storage, as they came and, once `pages` are counted, as they are shown; `more` where what came
    holds, or may hold, others.

    `complaint` is what was filed of it, `reason` why it was set aside. After its days the pages and
    the number are erased (`erased_at`); the row stays.
    """

    id = fields.BigIntField(primary_key=True)
    event = fields.CharField(64, unique=True)
    provider = fields.CharField(20)
    sender = EncryptedText(null=True)
    received_at = fields.DatetimeField()
    file = fields.UUIDField(unique=True)
    state = fields.CharField(10)
    pages = fields.IntField()
    more = fields.BooleanField(default=False)
    complaint_id: int | None
    complaint: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="received_faxes", null=True, on_delete=fields.RESTRICT
    )
    reason = EncryptedText(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by_id: int | None
    decided_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="faxes_decided", null=True, on_delete=fields.RESTRICT
    )
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "received_fax"
        indexes = (
            Index(fields=("state", "received_at"), name="received_fax_waiting"),
            Index(fields=("erased_at", "decided_at"), name="received_fax_to_erase"),
        )
        constraints = (
            CheckConstraint(
                name="received_fax_state",
                check=f"state IN ({', '.join(map(repr, STATES))})"
                " AND (state = 'filed') = (complaint_id IS NOT NULL)"
                " AND (state IN ('filed', 'set_aside')) = (decided_at IS NOT NULL)"
                " AND (decided_at IS NULL) = (decided_by_id IS NULL)"
                " AND pages >= 0",
            ),
        )
