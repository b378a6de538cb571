"""Tables of the examiner: reminders to heads of departments (D28), monthly reviews (D22)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText


class Reminder(Model):
    """The n-th reminder (독촉장) about a late case, and what the department's head answered."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="reminders", on_delete=fields.RESTRICT
    )
    number = fields.CharField(13)  # of the case
    ordinal = fields.IntField()
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="reminders", null=True, on_delete=fields.RESTRICT
    )
    late_since = fields.DatetimeField()
    text = EncryptedText()
    sent_at = fields.DatetimeField()
    sent_by_id: int
    sent_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="reminders_sent", on_delete=fields.RESTRICT
    )
    answer = EncryptedText(null=True)
    answered_at = fields.DatetimeField(null=True)
    answered_by_id: int | None
    answered_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="reminders_answered", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "examiner_reminder"
        indexes = (Index(fields=("department_id", "id"), name="examiner_reminder_of_department"),)
        constraints = (
            UniqueConstraint(fields=("complaint_id", "ordinal"), name="examiner_reminder_once"),
            CheckConstraint(name="examiner_reminder_ordinal", check="ordinal > 0"),
            CheckConstraint(
                name="examiner_reminder_answer",
                check="(answer IS NULL) = (answered_at IS NULL)"
                " AND (answer IS NULL) = (answered_by_id IS NULL)",
            ),
        )


class Review(Model):
    """A month as it was reviewed (D22). `figures` is a JSON list of departments' counts, fixed
    with `closed_at`; `remarks` are the examiner's."""

    id = fields.BigIntField(primary_key=True)
    month = fields.CharField(7, unique=True)  # 2026-11
    figures = fields.TextField()
    remarks = EncryptedText()
    closed_at = fields.DatetimeField()
    closed_by_id: int
    closed_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="reviews_closed", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "examiner_review"
