"""Tables of what happens on the way: time not counted, extensions, co-operation, slips mended (D20,
D21, Act 20, D6(5))."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.columns import by_official, of_complaint, one_of
from server.complaints.workflow import EXTENSION_CAUSES, MENDABLE
from server.core.crypto import EncryptedText


class Pause(Model):
    """Time that does not count beside supplements: a site inquiry, or another office's papers.

    `until` is the last day it may last (inquiry) or is expected to (papers); open while `ends` is
    missing. `text` says what is looked into or asked for, `agency` of whom.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint = of_complaint("pauses")
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
    complaint = of_complaint("extensions")
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
                check=f"{one_of('cause', EXTENSION_CAUSES)} AND more > 0",
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
    complaint = of_complaint("cooperations")
    department_id: int
    department: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="cooperations", on_delete=fields.RESTRICT
    )
    open = fields.BooleanField()
    asked_at = fields.DatetimeField()
    asked_by_id: int
    asked_by = by_official("cooperations_asked")
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
    complaint = of_complaint("mends")
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
            CheckConstraint(name="complaint_mend_field", check=one_of("field", MENDABLE)),
            CheckConstraint(
                name="complaint_mend_consent",
                check="(agreed IS NULL) = (decided_at IS NULL) AND (agreed IS NULL) = (by IS NULL)"
                " AND (by IS NULL OR by IN ('app', 'phone'))",
            ),
        )
