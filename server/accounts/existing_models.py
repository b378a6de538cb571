"""Members of the system before this one (기존회원, Y15-3), as keyed hashes and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import DigestField

if TYPE_CHECKING:
    from server.accounts.models import Account


class ExistingImport(Model):
    """A list of members that was brought in; until it is confirmed (`done_at`) it counts for
    nobody. `faults` are the lines that could not be read and why, without what stands in them."""

    id = fields.BigIntField(primary_key=True)
    brought_by_id: int | None
    brought_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "madang.Account", related_name="member_imports", null=True, on_delete=fields.RESTRICT
    )
    brought_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    new_count = fields.IntField()
    known_count = fields.IntField()
    faulty_count = fields.IntField()
    faults = fields.TextField()

    class Meta:
        table = "existing_import"
        constraints = (
            CheckConstraint(
                name="existing_import_counts",
                check="new_count >= 0 AND known_count >= 0 AND faulty_count >= 0",
            ),
        )


class ExistingMember(Model):
    """One member: the keyed hash of the old account, which lets it in once, and that of the
    identity, by which its person is known when the desk has seen the card."""

    id = fields.BigIntField(primary_key=True)
    account_hash = DigestField(unique=True)
    identity_hash = DigestField(unique=True)
    brought_in_id: int
    brought_in: fields.ForeignKeyRelation[ExistingImport] = fields.ForeignKeyField(
        "madang.ExistingImport", related_name="members", db_index=True
    )

    class Meta:
        table = "existing_member"
