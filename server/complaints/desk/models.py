"""Table of what officials note for each other."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.complaints.columns import by_official, of_complaint
from server.core.crypto import EncryptedText


class Memo(Model):
    """What officials note for each other about a case; no applicant and no public ever sees it."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = of_complaint("memos")
    author_id: int
    author: fields.ForeignKeyRelation[Any] = by_official("memos")
    at = fields.DatetimeField()
    text = EncryptedText()

    class Meta:
        table = "complaint_memo"
        indexes = (Index(fields=("complaint_id", "id"), name="complaint_memo_of"),)
