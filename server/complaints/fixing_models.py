"""Tables of the desk's own: one fix for many, photos enclosed with an answer, phrases, memos."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.core.crypto import EncryptedText


class Enclosure(Model):
    """A staged photo that waits for the answer it is enclosed with; shown when that leaves. `fix`
    is the one that took it, if any."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="enclosures"
    )
    fix_id: int | None
    fix: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Fix", related_name="enclosures", null=True
    )
    key = fields.UUIDField(unique=True)
    owner = fields.CharField(64)
    caption = EncryptedText()
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_enclosure"
        indexes = (Index(fields=("complaint_id",), name="complaint_enclosure_of"),)


class Fix(Model):
    """One thing done that answers several complaints: by whom, and in what words."""

    id = fields.BigIntField(primary_key=True)
    department_id: int
    department: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="fixes", on_delete=fields.RESTRICT
    )
    done_by_id: int
    done_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="fixes", on_delete=fields.RESTRICT
    )
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
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="fixes"
    )

    class Meta:
        table = "complaint_fix_case"
        unique_together = (("fix", "complaint"),)
        indexes = (Index(fields=("complaint_id",), name="complaint_fix_case_of"),)


class StockPhrase(Model):
    """Words that a department answers with again and again; of a topic, or of any."""

    id = fields.BigIntField(primary_key=True)
    department_id: int
    department: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="stock_phrases", on_delete=fields.RESTRICT
    )
    topic_id: int | None
    topic: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Topic", related_name="stock_phrases", null=True, on_delete=fields.RESTRICT
    )
    title = fields.CharField(40)
    text = fields.TextField()
    changed_at = fields.DatetimeField()
    changed_by_id: int
    changed_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="stock_phrases", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "complaint_stock_phrase"
        unique_together = (("department", "title"),)


class Memo(Model):
    """What officials note for each other about a case; no applicant and no public ever sees it."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="memos"
    )
    author_id: int
    author: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="memos", on_delete=fields.RESTRICT
    )
    at = fields.DatetimeField()
    text = EncryptedText()

    class Meta:
        table = "complaint_memo"
        indexes = (Index(fields=("complaint_id", "id"), name="complaint_memo_of"),)
