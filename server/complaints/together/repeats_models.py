"""Tables of repetition: keyed sketches of contents, and grievances sent on to audit.

Nothing of what was written can be read from a sketch (Act 23, D17(2)).
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class Sketch(Model):
    """A complaint's content as keyed hashes of pieces of it; `applicant` hashes whose it is."""

    complaint_id: int
    complaint: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Complaint", related_name="sketch", primary_key=True, on_delete=fields.CASCADE
    )
    applicant = fields.BinaryField()
    sketch = fields.BinaryField()

    class Meta:
        table = "complaint_sketch"
        indexes = (Index(fields=("applicant", "complaint_id"), name="complaint_sketch_applicant"),)


class Referral(Model):
    """A grievance that went to the audit department, being the second of its content."""

    complaint_id: int
    complaint: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Complaint", related_name="referral", primary_key=True, on_delete=fields.RESTRICT
    )
    earlier_id: int
    earlier: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="referred_again", on_delete=fields.RESTRICT
    )
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_referral"
        constraints = (
            CheckConstraint(name="complaint_referral_earlier", check="earlier_id < complaint_id"),
        )
