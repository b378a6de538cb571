"""Tables of what residents follow: a complaint that is theirs too, a topic, a place (Y12-1, Y16).

Who follows what is nobody else's business: places are sealed, and found by keyed marks only.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints.models import Complaint
from server.core.crypto import EncryptedText


class MeToo(Model):
    """Somebody has the same trouble (나도 겪어요): follows this complaint. It is no filing."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="me_toos"
    )
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Complaint] = fields.ForeignKeyField(
        "madang.Complaint", related_name="me_toos"
    )
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_me_too"
        unique_together = (("complaint", "account"),)
        indexes = (Index(fields=("account_id", "id"), name="complaint_me_too_of"),)


class Follow(Model):
    """New public complaints of a topic, or around a place, are told to somebody.

    A place is words (a road, a neighbourhood), or a position with a radius in metres.
    """

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="follows"
    )
    topic_id: int | None
    topic: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Topic", related_name="follows", null=True, on_delete=fields.RESTRICT
    )
    place = EncryptedText(null=True)
    position = EncryptedText(null=True)
    radius_m = fields.IntField(null=True)
    daily = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "follow"
        indexes = (
            Index(fields=("account_id", "id"), name="follow_of"),
            Index(fields=("topic_id",), name="follow_topic"),
        )
        constraints = (
            CheckConstraint(
                name="follow_one_thing",
                check="(topic_id IS NULL) <> (place IS NULL)"
                " AND (position IS NULL) = (radius_m IS NULL)"
                " AND (place IS NOT NULL OR position IS NULL)"
                " AND (radius_m IS NULL OR radius_m BETWEEN 100 AND 2000)",
            ),
        )


class FollowMark(Model):
    """What a followed place is found by: keyed hashes of a map square or of a word."""

    id = fields.BigIntField(primary_key=True)
    follow_id: int
    follow: fields.ForeignKeyRelation[Follow] = fields.ForeignKeyField(
        "madang.Follow", related_name="marks"
    )
    mark = fields.BinaryField()

    class Meta:
        table = "follow_mark"
        unique_together = (("mark", "follow"),)


class FollowNews(Model):
    """A complaint that somebody's following found; `told` once the push or the digest went out."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="follow_news"
    )
    complaint_id: int
    complaint: fields.ForeignKeyRelation[Complaint] = fields.ForeignKeyField(
        "madang.Complaint", related_name="follow_news"
    )
    at = fields.DatetimeField()
    told = fields.BooleanField()

    class Meta:
        table = "follow_news"
        unique_together = (("account", "complaint"),)
        indexes = (Index(fields=("told", "at"), name="follow_news_waiting"),)
