"""Tables of one fix for many."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.complaints.columns import by_official, of_complaint
from server.core.crypto import EncryptedText


class Fix(Model):
    """One thing done that answers several complaints: by whom, and in what words."""

    id = fields.BigIntField(primary_key=True)
    department_id: int
    department: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="fixes", on_delete=fields.RESTRICT
    )
    done_by_id: int
    done_by: fields.ForeignKeyRelation[Any] = by_official("fixes")
    at = fields.DatetimeField()
    phrase = EncryptedText()

    class Meta:
        table = "complaint_fix"
        indexes = (Index(fields=("department_id", "id"), name="complaint_fix_of_department"),)


class FixCase(Model):
    """A complaint that a fix answers."""

    id = fields.BigIntField(primary_key=True)
    fix_id: int
    fix: fields.ForeignKeyRelation[Fix] = fields.ForeignKeyField("madang.Fix", related_name="cases")
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = of_complaint("fixes")

    class Meta:
        table = "complaint_fix_case"
        unique_together = (("fix", "complaint"),)
        indexes = (Index(fields=("complaint_id",), name="complaint_fix_case_of"),)
