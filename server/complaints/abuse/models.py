"""Tables of abuse: insults marked, warnings sent, filing limited for a time (D4, D11-2)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText


class Insult(Model):
    """A word of a complaint that is covered for officials and everybody; sealed as all of it is."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="insults", on_delete=fields.RESTRICT
    )
    word = EncryptedText()

    class Meta:
        table = "complaint_insult"
        indexes = (Index(fields=("complaint_id",), name="complaint_insult_of"),)


class Admonition(Model):
    """A warning sent to an applicant. `applicant` is the keyed hash of whose complaints count."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="admonitions", on_delete=fields.RESTRICT
    )
    applicant = fields.BinaryField()
    text = EncryptedText()
    at = fields.DatetimeField()
    sent_by_id: int
    sent_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="admonitions_sent", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "complaint_admonition"
        indexes = (
            Index(fields=("applicant",), name="complaint_admonition_applicant"),
            Index(fields=("complaint_id",), name="complaint_admonition_of"),
        )


class FilingLimit(Model):
    """Filing limited for some days after a warning. It ends by itself, or is lifted before."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="filing_limits", on_delete=fields.RESTRICT
    )
    applicant = fields.BinaryField()
    reason = EncryptedText()
    begins = fields.DatetimeField()
    until = fields.DatetimeField()
    set_by_id: int
    set_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="filing_limits_set", on_delete=fields.RESTRICT
    )
    lifted_at = fields.DatetimeField(null=True)
    lifted_by_id: int | None
    lifted_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="filing_limits_lifted", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "complaint_filing_limit"
        indexes = (
            Index(fields=("applicant", "until"), name="complaint_filing_limit_of"),
            Index(fields=("until",), name="complaint_filing_limit_until"),
        )
        constraints = (
            CheckConstraint(
                name="complaint_filing_limit_ends",
                check="until > begins AND (lifted_at IS NULL) = (lifted_by_id IS NULL)",
            ),
        )
