"""Table of those for whom somebody else applied (Y18)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints import rules as complaint_rules
from server.complaints.behalf.rules import CONSENTS, RELATIONS, TELL_BY
from server.complaints.columns import one_of
from server.core.crypto import BlindIndex, EncryptedText


class Principal(Model):
    """The person (본인) for whom a complaint was filed; its applicant is who filed it.

    `person` is a keyed hash of who it is, to count for how many people somebody applies. `code`
    opens the case's summary to the principal. `mandate` is the key of the photo of the signed
    mandate in storage, `posted_at` when the letter to the principal was posted. `review_for` says
    why the office must look before acceptance: many, objected or nothing.
    """

    complaint_id: int
    complaint: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Complaint", related_name="principal", primary_key=True
    )
    name = EncryptedText()
    phone = EncryptedText(null=True)
    phone_blind = BlindIndex(source="phone", normalise=complaint_rules.normal_phone, null=True)
    address = EncryptedText(null=True)
    person = fields.BinaryField()
    relation = fields.CharField(10)
    consent = fields.CharField(10)
    consented_on = fields.DateField()
    tell_by = fields.CharField(6)
    code = EncryptedText()
    mandate = fields.UUIDField(null=True)
    mandate_at = fields.DatetimeField(null=True)
    objected_at = fields.DatetimeField(null=True)
    objection = EncryptedText(null=True)
    posted_at = fields.DatetimeField(null=True)
    posted_by_id: int | None
    posted_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="principals_told", null=True, on_delete=fields.RESTRICT
    )
    review_for = fields.CharField(8)
    reviewed_at = fields.DatetimeField(null=True)
    reviewed_by_id: int | None
    reviewed_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="principals_reviewed", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "complaint_principal"
        indexes = (
            Index(fields=("person",), name="complaint_principal_person"),
            Index(fields=("phone_blind",), name="complaint_principal_phone"),
            Index(fields=("tell_by", "posted_at"), name="complaint_principal_letters"),
        )
        constraints = (
            CheckConstraint(name="complaint_principal_how", check=one_of("relation", RELATIONS)),
            CheckConstraint(name="complaint_principal_word", check=one_of("consent", CONSENTS)),
            CheckConstraint(
                name="complaint_principal_told",
                check=f"{one_of('tell_by', TELL_BY)}"
                " AND (tell_by <> 'none' OR relation = 'guardian')"
                " AND (tell_by <> 'sms' OR phone IS NOT NULL)"
                " AND (tell_by <> 'letter' OR address IS NOT NULL)",
            ),
            CheckConstraint(
                name="complaint_principal_review",
                check="review_for IN ('', 'many', 'objected')"
                " AND (reviewed_at IS NULL) = (reviewed_by_id IS NULL)"
                " AND (review_for <> '' OR reviewed_at IS NULL)"
                " AND (mandate IS NULL) = (mandate_at IS NULL)"
                " AND (objection IS NULL OR objected_at IS NOT NULL)"
                " AND (posted_at IS NULL) = (posted_by_id IS NULL)"
                " AND (tell_by = 'letter' OR posted_at IS NULL)",
            ),
        )
