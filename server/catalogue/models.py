"""Tables of the catalogue: what the office handles, and what residents choose (Y9, O8-3)."""

from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class Kind(Model):
    """A row of the processing-standards table (민원처리기준표): what the office handles, and how.

    `period` as `clock_rules.Period` reads it; none means the office's own for everyday
    inconvenience (D16(3)). Who approves an answer follows from `category` in the profile.
    """

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(40, unique=True)
    name = fields.CharField(80)
    name_en = fields.CharField(120)
    category = fields.CharField(20)
    period = fields.CharField(10, null=True)
    law = fields.CharField(120)
    fee_won = fields.IntField()
    online = fields.BooleanField()
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="complaint_kinds", null=True, on_delete=fields.RESTRICT
    )
    position = fields.IntField()
    active = fields.BooleanField()

    class Meta:
        table = "complaint_kind"
        constraints = (CheckConstraint(name="complaint_kind_fee", check="fee_won >= 0"),)


class Topic(Model):
    """What a resident chooses (분야): it leads to a department and suggests a kind."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(40, unique=True)
    name = fields.CharField(60)
    name_en = fields.CharField(100)
    hint = fields.CharField(120)
    hint_en = fields.CharField(200)
    icon = fields.CharField(20)
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="topics", null=True, on_delete=fields.RESTRICT
    )
    kind_id: int
    kind: fields.ForeignKeyRelation["Kind"] = fields.ForeignKeyField(
        "madang.Kind", related_name="topics", on_delete=fields.RESTRICT
    )
    position = fields.IntField()
    active = fields.BooleanField()

    class Meta:
        table = "complaint_topic"
