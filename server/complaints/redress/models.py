"""Tables of redress: objections, demands for correction, reopenings, new handlings, satisfaction.

What a resident or the office wrote is sealed; states and dates are checked by the database
(Act 35, D18).
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.columns import once_by_official, one_complaint, one_of
from server.complaints.redress.rules import Decision, Ground, ObjectionState, ReopeningState
from server.core.crypto import EncryptedText


class Objection(Model):
    """An objection to a refused application, until when it is decided, and the decision."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = one_complaint("objection")
    state = fields.CharField(8)
    grounds = EncryptedText()
    filed_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    reminded = fields.BooleanField()
    extension = EncryptedText(null=True)
    extended_at = fields.DatetimeField(null=True)
    decision = fields.CharField(9, null=True)
    reasons = EncryptedText(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by_id: int | None
    decided_by = once_by_official("objections_decided")

    class Meta:
        table = "complaint_objection"
        indexes = (Index(fields=("reminded", "due_at"), name="complaint_objection_due"),)
        constraints = (
            CheckConstraint(
                name="complaint_objection_state", check=one_of("state", ObjectionState)
            ),
            CheckConstraint(
                name="complaint_objection_decision",
                check=f"(decision IS NULL OR {one_of('decision', Decision)})"
                " AND (state = 'decided') = (decision IS NOT NULL)"
                " AND (decision IS NULL) = (reasons IS NULL)"
                " AND (decision IS NULL) = (decided_at IS NULL)"
                " AND (decision IS NULL) = (decided_by_id IS NULL)",
            ),
            CheckConstraint(
                name="complaint_objection_extended",
                check="(extended_at IS NULL) = (extension IS NULL)"
                " AND (state <> 'extended' OR extended_at IS NOT NULL)"
                " AND (state <> 'filed' OR extended_at IS NULL)",
            ),
        )


class Correction(Model):
    """A demand for correction (시정 요구), and what the office did about it."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="corrections", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    ground = fields.CharField(8)
    text = EncryptedText()
    demanded_at = fields.DatetimeField()
    corrected = fields.BooleanField(null=True)
    answer = EncryptedText(null=True)
    answered_at = fields.DatetimeField(null=True)
    answered_by_id: int | None
    answered_by = once_by_official("corrections_answered")

    class Meta:
        table = "complaint_correction"
        unique_together = (("complaint", "number"),)
        indexes = (Index(fields=("answered_at", "id"), name="complaint_correction_open"),)
        constraints = (
            CheckConstraint(name="complaint_correction_ground", check=one_of("ground", Ground)),
            CheckConstraint(
                name="complaint_correction_answer",
                check="(answered_at IS NULL) = (answer IS NULL)"
                " AND (answered_at IS NULL) = (corrected IS NULL)"
                " AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            ),
        )


class Reopening(Model):
    """A request that a finished complaint be handled again, and what the office decided."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = one_complaint("reopening")
    state = fields.CharField(8)
    reason = EncryptedText()
    asked_at = fields.DatetimeField()
    answer = EncryptedText(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by_id: int | None
    decided_by = once_by_official("reopenings_decided")

    class Meta:
        table = "complaint_reopening"
        indexes = (Index(fields=("state", "id"), name="complaint_reopening_open"),)
        constraints = (
            CheckConstraint(
                name="complaint_reopening_state", check=one_of("state", ReopeningState)
            ),
            CheckConstraint(
                name="complaint_reopening_decision",
                check="(state = 'asked') = (decided_at IS NULL)"
                " AND (decided_at IS NULL) = (decided_by_id IS NULL)"
                " AND (state <> 'declined' OR answer IS NOT NULL)",
            ),
        )


class Rehandling(Model):
    """A new handling (`complaint`) of a complaint that had ended (`former`), and what caused it."""

    complaint_id: int
    complaint = one_complaint("rehandles", primary_key=True)
    former_id: int
    former = one_complaint("rehandled")
    cause = fields.CharField(9)
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_rehandling"
        constraints = (
            CheckConstraint(
                name="complaint_rehandling_cause",
                check="cause IN ('objection', 'reopening') AND complaint_id <> former_id",
            ),
        )


class Satisfaction(Model):
    """How content an applicant was. Read one by one by nobody but themselves; summed for the desk
    by the department that had it."""

    complaint_id: int
    complaint = one_complaint("satisfaction", primary_key=True)
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="satisfaction", null=True, on_delete=fields.RESTRICT
    )
    score = fields.IntField()
    word = EncryptedText(null=True)
    rated_at = fields.DatetimeField()
    changed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "complaint_satisfaction"
        indexes = (Index(fields=("rated_at",), name="complaint_satisfaction_at"),)
        constraints = (
            CheckConstraint(name="complaint_satisfaction_score", check="score BETWEEN 1 AND 5"),
            CheckConstraint(
                name="complaint_satisfaction_changed",
                check="changed_at IS NULL OR changed_at >= rated_at",
            ),
        )
