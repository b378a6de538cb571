"""Tables of deadlines: days declared off beyond the Decree, failures of the system (D6의2, D20)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.deadlines.outage_rules import System


class DeclaredHoliday(Model):
    """A day off beyond the Public Holidays Decree, by its name in both languages, and why."""

    id = fields.BigIntField(primary_key=True)
    day = fields.DateField(unique=True)
    name = fields.CharField(60)
    name_en = fields.CharField(60)
    reason = fields.CharField(300)
    declared_at = fields.DatetimeField()
    declared_by_id: int
    declared_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="declared_holidays", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "holiday_declared"


class Outage(Model):
    """A failure of an information system; open while `ended_at` is missing.

    `words` tell residents what does not work, `ways` how else to file, in both languages.
    """

    id = fields.BigIntField(primary_key=True)
    system = fields.CharField(12)
    began_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    words = fields.CharField(500)
    words_en = fields.CharField(500)
    ways = fields.CharField(500)
    ways_en = fields.CharField(500)
    opened_at = fields.DatetimeField()
    opened_by_id: int
    opened_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="outages_opened", on_delete=fields.RESTRICT
    )
    ended_by_id: int | None
    ended_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="outages_ended", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "outage"
        indexes = (Index(fields=("began_at",), name="outage_began"),)
        constraints = (
            CheckConstraint(
                name="outage_system",
                check=f"system IN ({', '.join(repr(str(each)) for each in System)})",
            ),
            CheckConstraint(
                name="outage_course",
                check="(ended_at IS NULL) = (ended_by_id IS NULL)"
                " AND (ended_at IS NULL OR ended_at > began_at)",
            ),
        )
