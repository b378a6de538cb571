"""Tables of fax beside the order: its attachments as they were drawn, and its cover (Y15-4)."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText


class FaxFile(Model):
    """A file that was chosen for a fax, as pages: what was uploaded itself is not kept.

    Of no message until its form was taken; it goes with the day, or when its fax has been sent.
    The pages lie sealed in the storage. `exposed` are those that carry a resident registration
    number, counted from 1 and divided by commas.
    """

    id = fields.UUIDField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="fax_files", on_delete=fields.RESTRICT
    )
    message_id: UUID | None
    message: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Message", related_name="fax_files", null=True, on_delete=fields.RESTRICT
    )
    place = fields.IntField(default=0)
    name = EncryptedText()
    pages = fields.IntField()
    exposed = fields.CharField(200, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "message_fax_file"
        indexes = (
            Index(fields=("message_id", "place"), name="message_fax_file_message"),
            Index(fields=("created_at",), name="message_fax_file_created"),
        )
        constraints = (CheckConstraint(name="message_fax_file_pages", check="pages > 0"),)


class FaxSheet(Model):
    """What a fax has beside its text: a cover with its words, and the pages whose resident
    registration numbers its sender has to answer for (`acknowledged_at`) before it leaves."""

    message_id: UUID
    message: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Message", related_name="fax_sheet", primary_key=True, on_delete=fields.RESTRICT
    )
    cover = fields.BooleanField(default=False)
    addressee = EncryptedText(null=True)
    contact = EncryptedText(null=True)
    exposed = fields.CharField(200, default="")
    acknowledged_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_fax"
