"""Tables of answers on their way through approval, the photos and phrases they are made of, and
letters to be printed (Act 27, D31)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.columns import by_official, of_complaint, once_by_official, one_of
from server.complaints.workflow import Outcome
from server.core.crypto import EncryptedText


class Draft(Model):
    """An answer on its way through approval (결재). `left` are the hats still to approve, in order
    and with commas between; `state` is open, approved, sent_back, taken_back or dropped."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = of_complaint("drafts")
    state = fields.CharField(10)
    left = fields.CharField(40)
    outcome = fields.CharField(12)
    text = EncryptedText()
    reasons = EncryptedText(null=True)
    remedies = EncryptedText(null=True)
    ground = fields.CharField(20, null=True)
    drafted_by_id: int
    drafted_by = by_official("drafts")
    drafted_at = fields.DatetimeField()

    class Meta:
        table = "complaint_draft"
        indexes = (
            Index(fields=("complaint_id", "state"), name="complaint_draft_of"),
            Index(fields=("state", "id"), name="complaint_draft_by_state"),
        )
        constraints = (
            CheckConstraint(name="complaint_draft_outcome", check=one_of("outcome", Outcome)),
            CheckConstraint(
                name="complaint_draft_state",
                check="state IN ('open', 'approved', 'sent_back', 'taken_back', 'dropped')"
                " AND (state NOT IN ('open', 'approved') OR (state = 'open') = (\"left\" <> ''))",
            ),
        )


class Approval(Model):
    """One approver's word on a draft: approved, or sent back and why."""

    id = fields.BigIntField(primary_key=True)
    draft_id: int
    draft: fields.ForeignKeyRelation["Draft"] = fields.ForeignKeyField(
        "madang.Draft", related_name="approvals"
    )
    hat = fields.CharField(10)
    approver_id: int
    approver = by_official("approvals")
    at = fields.DatetimeField()
    approved = fields.BooleanField()
    word = EncryptedText(null=True)

    class Meta:
        table = "complaint_approval"
        indexes = (Index(fields=("draft_id", "id"), name="complaint_approval_of"),)
        constraints = (
            CheckConstraint(
                name="complaint_approval_word",
                check="hat IN ('head', 'team_head') AND (approved OR word IS NOT NULL)",
            ),
        )


class Letter(Model):
    """A notice for somebody who chose letters: it waits until it is printed (D31)."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = of_complaint("letters")
    kind = fields.CharField(40)
    at = fields.DatetimeField()
    printed_at = fields.DatetimeField(null=True)
    printed_by_id: int | None
    printed_by = once_by_official("letters_printed")

    class Meta:
        table = "complaint_letter"
        indexes = (Index(fields=("printed_at", "id"), name="complaint_letter_waiting"),)
        constraints = (
            CheckConstraint(
                name="complaint_letter_printed",
                check="(printed_at IS NULL) = (printed_by_id IS NULL)",
            ),
        )


class Enclosure(Model):
    """A staged photo that waits for the answer it is enclosed with; shown when that leaves. `fix`
    is the one that took it, if any."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = of_complaint("enclosures")
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
    changed_by: fields.ForeignKeyRelation[Any] = by_official("stock_phrases")

    class Meta:
        table = "complaint_stock_phrase"
        unique_together = (("department", "title"),)
