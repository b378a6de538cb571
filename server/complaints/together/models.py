"""Tables of many people in one matter: merged complaints, representatives, signatures.

Names and contacts are sealed; only how many there are may be known (D6(7), D8, Y12-2).
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText


class Merged(Model):
    """A complaint that was received as one with another, which leads it (병합)."""

    complaint_id: int
    complaint: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Complaint", related_name="merged", primary_key=True, on_delete=fields.RESTRICT
    )
    leader_id: int
    leader: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="led", on_delete=fields.RESTRICT
    )
    leader_version = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_merged"
        indexes = (Index(fields=("leader_id",), name="complaint_merged_leader"),)
        constraints = (
            CheckConstraint(name="complaint_merged_other", check="complaint_id <> leader_id"),
        )


class Gathering(Model):
    """How many stand behind a complaint: applicants merged and people who signed.

    `of_many` marks a petition of many (다수인관련민원); `mediated_on` is the day on which the
    mediation committee (민원조정위원회) dealt with it, and `mediation` what it said.
    """

    complaint_id: int
    complaint: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Complaint", related_name="gathering", primary_key=True, on_delete=fields.RESTRICT
    )
    signatures = fields.IntField()
    people = fields.IntField()
    of_many = fields.BooleanField()
    mediated_on = fields.DateField(null=True)
    mediation = EncryptedText(null=True)

    class Meta:
        table = "complaint_gathering"
        constraints = (
            CheckConstraint(
                name="complaint_gathering_many",
                check="of_many = (people >= 5) AND signatures >= 0 AND people >= signatures",
            ),
            CheckConstraint(
                name="complaint_gathering_mediated",
                check="(mediated_on IS NULL) = (mediation IS NULL)",
            ),
        )


class Representative(Model):
    """One of up to three who speak for all (대표자)."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="representatives", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    name = EncryptedText()
    contact = EncryptedText()

    class Meta:
        table = "complaint_representative"
        unique_together = (("complaint", "number"),)
        constraints = (
            CheckConstraint(name="complaint_representative_number", check="number BETWEEN 1 AND 3"),
        )


class Signature(Model):
    """One line of an enclosure (연명부). `who` is a keyed hash: nobody signs twice."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Complaint", related_name="signatures", on_delete=fields.RESTRICT
    )
    who = fields.BinaryField()
    name = EncryptedText()
    contact = EncryptedText()

    class Meta:
        table = "complaint_signature"
        unique_together = (("complaint", "who"),)
