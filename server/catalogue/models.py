"""Tables of the catalogue: what the office handles, each version of it, and what residents choose.

A kind is a slug that stays; what it means stands in its versions, which are only added (Y9, O8-3).
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.catalogue.rules import CATEGORIES, MANDATES
from server.core.ddl import Extra


class Kind(Model):
    """A row of the processing-standards table (민원처리기준표), by its slug."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(40, unique=True)
    position = fields.IntField()

    class Meta:
        table = "complaint_kind"


class Version(Model):
    """What a kind means from `since` on, until the next version's day; written once, never changed.

    `period` as the clock reads it; none means the office's own for everyday inconvenience
    (D16(3)). `approvals`, `enclosures` and `questions` are JSON; no approvals of its own: those of
    the category. `taken_back` marks a version that was withdrawn before its day.
    """

    id = fields.BigIntField(primary_key=True)
    kind_id: int
    kind: fields.ForeignKeyRelation["Kind"] = fields.ForeignKeyField(
        "madang.Kind", related_name="versions", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    since = fields.DatetimeField()
    name = fields.CharField(80)
    name_en = fields.CharField(120)
    about = fields.CharField(600)
    about_en = fields.CharField(900)
    category = fields.CharField(20)
    period = fields.CharField(10, null=True)
    law = fields.CharField(200)
    fee_won = fields.IntField()
    fee_note = fields.CharField(120)
    fee_note_en = fields.CharField(160)
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="kind_versions", null=True, on_delete=fields.RESTRICT
    )
    online = fields.BooleanField()
    identity = fields.BooleanField()
    enclosures = fields.TextField()
    questions = fields.TextField()
    approvals = fields.TextField(null=True)
    public = fields.BooleanField()
    place = fields.CharField(120)
    place_en = fields.CharField(160)
    active = fields.BooleanField()
    mandate = fields.CharField(8)
    basis = fields.CharField(200)
    written_at = fields.DatetimeField()
    written_by_id: int | None
    written_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="kind_versions", null=True, on_delete=fields.RESTRICT
    )
    taken_back = fields.BooleanField()

    class Meta:
        table = "complaint_kind_version"
        unique_together = (("kind", "number"),)
        indexes = (Index(fields=("kind_id", "since"), name="complaint_kind_version_since"),)
        constraints = (
            CheckConstraint(name="complaint_kind_version_fee", check="fee_won >= 0"),
            CheckConstraint(name="complaint_kind_version_number", check="number >= 1"),
            CheckConstraint(
                name="complaint_kind_version_category",
                check=f"category IN ({', '.join(map(repr, CATEGORIES))})",
            ),
            CheckConstraint(
                name="complaint_kind_version_mandate",
                check=f"mandate IN ({', '.join(map(repr, MANDATES))})",
            ),
        )


class Topic(Model):
    """What a resident chooses (분야), by its slug: complaints, followers and phrases keep to it."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(40, unique=True)

    class Meta:
        table = "complaint_topic"


class TopicVersion(Model):
    """What a topic means from `since` on: which department it leads to, and which kind it suggests.
    Written once, never changed, as a kind's versions are."""

    id = fields.BigIntField(primary_key=True)
    topic_id: int
    topic: fields.ForeignKeyRelation["Topic"] = fields.ForeignKeyField(
        "madang.Topic", related_name="versions", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    since = fields.DatetimeField()
    name = fields.CharField(60)
    name_en = fields.CharField(100)
    hint = fields.CharField(120)
    hint_en = fields.CharField(200)
    icon = fields.CharField(20)
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="topic_versions", null=True, on_delete=fields.RESTRICT
    )
    kind_id: int
    kind: fields.ForeignKeyRelation["Kind"] = fields.ForeignKeyField(
        "madang.Kind", related_name="topic_versions", on_delete=fields.RESTRICT
    )
    position = fields.IntField()
    active = fields.BooleanField()
    basis = fields.CharField(200)
    written_at = fields.DatetimeField()
    written_by_id: int | None
    written_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="topic_versions", null=True, on_delete=fields.RESTRICT
    )
    taken_back = fields.BooleanField()

    class Meta:
        table = "complaint_topic_version"
        unique_together = (("topic", "number"),)
        indexes = (Index(fields=("topic_id", "since"), name="complaint_topic_version_since"),)
        constraints = (CheckConstraint(name="complaint_topic_version_number", check="number >= 1"),)


# A version that somebody may rely on stays as it is; only taking back is written to it.
_KIND_FIXED = (
    "kind_id, number, since, name, name_en, about, about_en, category, period, law, fee_won,"
    " fee_note, fee_note_en, department_id, online, identity, enclosures, questions, approvals,"
    " public, place, place_en, active, mandate, basis, written_at, written_by_id"
)
_TOPIC_FIXED = (
    "topic_id, number, since, name, name_en, hint, hint_en, icon, department_id, kind_id, position,"
    " active, basis, written_at, written_by_id"
)


def _append_only(name: str, table: str, fixed: str) -> tuple[Extra, ...]:
    refused = f"{table}_append_only"
    return (
        Extra(
            f"{name}_sqlite_1",
            sqlite=f"""
            CREATE TRIGGER {table}_stays BEFORE UPDATE OF {fixed} ON {table}
            BEGIN SELECT RAISE(ABORT, '{refused}'); END
            """,
        ),
        Extra(
            f"{name}_sqlite_2",
            sqlite=f"""
            CREATE TRIGGER {table}_remains BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{refused}'); END
            """,
        ),
        Extra(
            f"{name}_postgres_1",
            postgres=f"""
            CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{refused}'; END $$
            """,
        ),
        Extra(
            f"{name}_postgres_2",
            postgres=f"""
            CREATE TRIGGER {table}_stays BEFORE UPDATE OF {fixed} ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()
            """,
        ),
        Extra(
            f"{name}_postgres_3",
            postgres=f"""
            CREATE TRIGGER {table}_remains BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()
            """,
        ),
    )


EXTRAS = (
    *_append_only("catalogue", "complaint_kind_version", _KIND_FIXED),
    *_append_only("topics", "complaint_topic_version", _TOPIC_FIXED),
)
