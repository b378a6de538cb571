"""Tables of fair use: counts, sender numbers, one-time codes, who wants nothing, the switch.

Telecommunications Business Act 84-2 (sender numbers), Information and Communications Network Act 50
(opting out). Numbers are sealed, or stand as keyed hashes only.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server.core.crypto import BlindIndex, DigestField, EncryptedText
from server.fairuse import rules


class Count(Model):
    """What somebody has used up in a day (2026-11-23) or a month (2026-11), and how much he may.

    One statement counts and compares, so two tabs at once never come to more than `most`.
    """

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(90)  # person:<id>:<kind>, or code:<keyed hash of a number>
    period = fields.CharField(10)
    units = fields.IntField()
    most = fields.IntField()

    class Meta:
        table = "fairuse_count"
        indexes = (Index(fields=("period",), name="fairuse_count_period"),)
        constraints = (
            UniqueConstraint(fields=("subject", "period"), name="fairuse_count_once"),
            CheckConstraint(name="fairuse_count_most", check="units >= 0 AND units <= most"),
        )


class SenderNumber(Model):
    """A resident's own number to send under: proven to be theirs, then registered at the provider.

    Live are `proven` and `registered`: one an account, and one of each number. `chosen`: wanted as
    sender where it is registered. What has ended keeps no number.
    """

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="sender_numbers", on_delete=fields.RESTRICT
    )
    number = EncryptedText(null=True)
    number_index = BlindIndex(source="number", normalise=rules.normal_number, null=True)
    proof = fields.CharField(4)  # code, desk
    state = fields.CharField(10)
    chosen = fields.BooleanField(default=True)
    checked_by_id = fields.BigIntField(null=True)
    proven_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by_id = fields.BigIntField(null=True)
    reason = EncryptedText(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "fairuse_sender"
        indexes = (Index(fields=("state", "proven_at"), name="fairuse_sender_state"),)
        constraints = (
            UniqueConstraint(
                fields=("account_id",),
                name="fairuse_sender_account",
                condition="state IN ('proven', 'registered')",
            ),
            UniqueConstraint(
                fields=("number_index",),
                name="fairuse_sender_number",
                condition="state IN ('proven', 'registered')",
            ),
            CheckConstraint(
                name="fairuse_sender_state_known",
                check="state IN ('proven', 'registered', 'refused', 'ended')"
                " AND (state IN ('proven', 'registered')) = (number IS NOT NULL)"
                " AND (state IN ('proven', 'registered')) = (ended_at IS NULL)",
            ),
            CheckConstraint(
                name="fairuse_sender_proof",
                check="proof IN ('code', 'desk')"
                " AND (proof = 'desk') = (checked_by_id IS NOT NULL)",
            ),
            CheckConstraint(
                name="fairuse_sender_decided",
                check="(decided_at IS NULL) = (decided_by_id IS NULL)"
                " AND (state <> 'proven' OR decided_at IS NULL)"
                " AND (state NOT IN ('registered', 'refused') OR decided_at IS NOT NULL)"
                " AND (state <> 'refused' OR reason IS NOT NULL)",
            ),
        )


class Code(Model):
    """A one-time code on its way to a number, so that whoever types it holds that telephone."""

    id = fields.UUIDField(primary_key=True)
    purpose = fields.CharField(7)  # sender, opt_out, opt_in
    account_id: int | None
    account: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="sms_codes", null=True, on_delete=fields.RESTRICT
    )
    number = EncryptedText()
    code_hash = DigestField()
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    state = fields.CharField(5, default="open")

    class Meta:
        table = "fairuse_code"
        indexes = (Index(fields=("expires_at",), name="fairuse_code_expires"),)
        constraints = (
            CheckConstraint(
                name="fairuse_code_purpose",
                check="purpose IN ('sender', 'opt_out', 'opt_in')"
                " AND (purpose = 'sender') = (account_id IS NOT NULL)",
            ),
            CheckConstraint(
                name="fairuse_code_state", check="state IN ('open', 'used', 'spent') AND tries >= 0"
            ),
        )


class Suppression(Model):
    """A number to which neither residents nor advertisements are sent; known by its keyed hash.

    `removed_at`: somebody may write there again, by the owner's own wish or by an official's act.
    """

    id = fields.BigIntField(primary_key=True)
    number_hash = DigestField()
    way = fields.CharField(7)  # page, keyword, desk
    at = fields.DatetimeField()
    added_by_id = fields.BigIntField(null=True)
    removed_at = fields.DatetimeField(null=True)
    removed_by_id = fields.BigIntField(null=True)
    reason = EncryptedText(null=True)

    class Meta:
        table = "fairuse_suppression"
        constraints = (
            UniqueConstraint(
                fields=("number_hash",),
                name="fairuse_suppression_once",
                condition="removed_at IS NULL",
            ),
            CheckConstraint(
                name="fairuse_suppression_way",
                check="way IN ('page', 'keyword', 'desk')"
                " AND (way = 'desk') = (added_by_id IS NOT NULL)",
            ),
            CheckConstraint(
                name="fairuse_suppression_removed",
                check="removed_at IS NOT NULL OR removed_by_id IS NULL",
            ),
            CheckConstraint(
                name="fairuse_suppression_reason",
                check="removed_by_id IS NULL OR reason IS NOT NULL",
            ),
        )


class Stop(Model):
    """A time in which nothing is sent at all, and why; at most one lasts."""

    id = fields.BigIntField(primary_key=True)
    what = fields.CharField(3, default="all")
    reason = fields.CharField(200)
    stopped_at = fields.DatetimeField()
    stopped_by_id = fields.BigIntField(null=True)  # None: from the office's own terminal
    resumed_at = fields.DatetimeField(null=True)
    resumed_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "fairuse_stop"
        constraints = (
            UniqueConstraint(
                fields=("what",), name="fairuse_stop_one", condition="resumed_at IS NULL"
            ),
            CheckConstraint(name="fairuse_stop_what", check="what = 'all' AND reason <> ''"),
            CheckConstraint(
                name="fairuse_stop_resumed",
                check="(resumed_at IS NULL OR resumed_at >= stopped_at)"
                " AND (resumed_by_id IS NULL OR resumed_at IS NOT NULL)",
            ),
        )
