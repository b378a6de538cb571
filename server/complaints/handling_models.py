"""Tables of what happens on the way: time not counted, extensions, co-operation, slips mended,
answers on their way through approval, letters to be printed (D20, D21, Act 20, D6(5), D31)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.workflow import EXTENSION_CAUSES, MENDABLE, Outcome
from server.core.crypto import EncryptedText


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


def _complaint(name: str) -> fields.ForeignKeyRelation[Any]:
    return fields.ForeignKeyField("madang.Complaint", related_name=name)


def _official(name: str) -> fields.ForeignKeyRelation[Any]:
    return fields.ForeignKeyField("madang.Account", related_name=name, on_delete=fields.RESTRICT)


class Pause(Model):
    """Time that does not count beside supplements: a site inquiry, or another office's papers.

    `until` is the last day it may last (inquiry) or is expected to (papers); open while `ends` is
    missing. `text` says what is looked into or asked for, `agency` of whom.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = _complaint("pauses")
    ground = fields.CharField(10)
    begins = fields.DatetimeField()
    until = fields.DateField()
    ends = fields.DatetimeField(null=True)
    prolonged = fields.BooleanField()
    agency = fields.CharField(60, null=True)
    text = EncryptedText()

    class Meta:
        table = "complaint_pause"
        indexes = (
            Index(fields=("complaint_id", "ground"), name="complaint_pause_of"),
            Index(fields=("ground", "ends", "until"), name="complaint_pause_open"),
        )
        constraints = (
            CheckConstraint(
                name="complaint_pause_ground",
                check="ground IN ('documents', 'inquiry')"
                " AND (ground = 'documents') = (agency IS NOT NULL)"
                " AND (ground = 'inquiry' OR NOT prolonged)",
            ),
            CheckConstraint(name="complaint_pause_time", check="ends IS NULL OR ends >= begins"),
        )


class Extension(Model):
    """An extension of the period: the first at once, the second when the applicant has consented.

    `more` as the clock takes it (`deadlines.extension_until`); `until` the day it then ends.
    `granted` is missing while the applicant is asked.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = _complaint("extensions")
    second = fields.BooleanField()
    cause = fields.CharField(16)
    more = fields.IntField()
    until = fields.DateField()
    text = EncryptedText()
    asked_at = fields.DatetimeField()
    granted = fields.BooleanField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "complaint_extension"
        indexes = (Index(fields=("complaint_id", "id"), name="complaint_extension_of"),)
        constraints = (
            CheckConstraint(
                name="complaint_extension_cause",
                check=f"{_one_of('cause', EXTENSION_CAUSES)} AND more > 0",
            ),
            CheckConstraint(
                name="complaint_extension_consent",
                check="(granted IS NULL) = (decided_at IS NULL)"
                " AND (second OR granted IS NOT NULL)",
            ),
        )


class Cooperation(Model):
    """A request to another department, by which day it replies, and what it replied (Act 20)."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = _complaint("cooperations")
    department_id: int
    department: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="cooperations", on_delete=fields.RESTRICT
    )
    open = fields.BooleanField()
    asked_at = fields.DatetimeField()
    asked_by_id: int
    asked_by = _official("cooperations_asked")
    reply_by = fields.DateField()
    asked = EncryptedText()
    answered_at = fields.DatetimeField(null=True)
    answered_by_id: int | None
    answered_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account",
        related_name="cooperations_answered",
        null=True,
        on_delete=fields.RESTRICT,
    )
    answer = EncryptedText(null=True)
    warned = fields.BooleanField()

    class Meta:
        table = "complaint_cooperation"
        indexes = (
            Index(fields=("complaint_id", "open"), name="complaint_cooperation_of"),
            Index(fields=("department_id", "open", "reply_by"), name="complaint_cooperation_due"),
        )
        constraints = (
            CheckConstraint(
                name="complaint_cooperation_answer",
                check="(answered_at IS NULL) = (answer IS NULL)"
                " AND (answered_at IS NULL) = (answered_by_id IS NULL)"
                " AND (NOT open OR answered_at IS NULL)",
            ),
        )


class Mend(Model):
    """An obvious slip that the office would mend, and whether the applicant agreed (D6(5)).

    `by` says how: in the app, or by telephone as the official wrote down.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = _complaint("mends")
    field = fields.CharField(5)
    before = EncryptedText()
    text = EncryptedText()
    asked_at = fields.DatetimeField()
    agreed = fields.BooleanField(null=True)
    by = fields.CharField(5, null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "complaint_mend"
        indexes = (Index(fields=("complaint_id", "id"), name="complaint_mend_of"),)
        constraints = (
            CheckConstraint(name="complaint_mend_field", check=_one_of("field", MENDABLE)),
            CheckConstraint(
                name="complaint_mend_consent",
                check="(agreed IS NULL) = (decided_at IS NULL) AND (agreed IS NULL) = (by IS NULL)"
                " AND (by IS NULL OR by IN ('app', 'phone'))",
            ),
        )


class Draft(Model):
    """An answer on its way through approval (결재). `left` are the hats still to approve, in order
    and with commas between; `state` is open, approved, sent_back, taken_back or dropped."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = _complaint("drafts")
    state = fields.CharField(10)
    left = fields.CharField(40)
    outcome = fields.CharField(12)
    text = EncryptedText()
    reasons = EncryptedText(null=True)
    remedies = EncryptedText(null=True)
    ground = fields.CharField(20, null=True)
    drafted_by_id: int
    drafted_by = _official("drafts")
    drafted_at = fields.DatetimeField()

    class Meta:
        table = "complaint_draft"
        indexes = (
            Index(fields=("complaint_id", "state"), name="complaint_draft_of"),
            Index(fields=("state", "id"), name="complaint_draft_by_state"),
        )
        constraints = (
            CheckConstraint(name="complaint_draft_outcome", check=_one_of("outcome", Outcome)),
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
    approver = _official("approvals")
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
    complaint = _complaint("letters")
    kind = fields.CharField(40)
    at = fields.DatetimeField()
    printed_at = fields.DatetimeField(null=True)
    printed_by_id: int | None
    printed_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="letters_printed", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "complaint_letter"
        indexes = (Index(fields=("printed_at", "id"), name="complaint_letter_waiting"),)
        constraints = (
            CheckConstraint(
                name="complaint_letter_printed",
                check="(printed_at IS NULL) = (printed_by_id IS NULL)",
            ),
        )
