"""Tables of what is open to others: keys of partners, and the figures as they may be told."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class ApiKey(Model):
    """A key by which a partner's program files complaints. Only its keyed hash is kept.

    `beginning` is shown so that people can tell keys apart; `scopes` are parted by blanks.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(80)
    beginning = fields.CharField(16)
    hash = fields.CharField(64, unique=True)
    scopes = fields.CharField(80)
    per_hour = fields.IntField()
    created_at = fields.DatetimeField()
    created_by_id: int
    created_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="api_keys_issued", on_delete=fields.RESTRICT
    )
    revoked_at = fields.DatetimeField(null=True)
    revoked_by_id: int | None
    revoked_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="api_keys_revoked", null=True, on_delete=fields.RESTRICT
    )
    used_count = fields.IntField()
    last_used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"
        constraints = (
            CheckConstraint(name="api_key_per_hour", check="per_hour BETWEEN 1 AND 10000"),
            CheckConstraint(
                name="api_key_revoked", check="(revoked_at IS NULL) = (revoked_by_id IS NULL)"
            ),
        )


class Figure(Model):
    """A line of the public statistics, small numbers already left out (NULL).

    `scope` is all, month, department or kind; `key` a month, an id, or `none`, `others`.
    `in_time` is in percent, `halves` the median in half days.
    """

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(10)
    position = fields.IntField()
    key = fields.CharField(20)
    filed = fields.IntField(null=True)
    in_time = fields.IntField(null=True)
    halves = fields.IntField(null=True)
    counted_at = fields.DatetimeField()

    class Meta:
        table = "figure"
        unique_together = (("scope", "key"),)
        indexes = (Index(fields=("scope", "position"), name="figure_in_order"),)
        constraints = (
            CheckConstraint(
                name="figure_scope", check="scope IN ('all', 'month', 'department', 'kind')"
            ),
        )
