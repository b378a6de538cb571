"""Tables of the address book (Y15-4). Names and numbers are other people's, and encrypted."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from server.core.crypto import BlindIndex, EncryptedText


class Contact(Model):
    """Somebody whom an account writes to; a number stands in its book once."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="contacts", on_delete=fields.RESTRICT
    )
    name = EncryptedText()
    number = EncryptedText()
    number_index = BlindIndex(source="number")
    created_at = fields.DatetimeField()

    class Meta:
        table = "addressbook_contact"
        constraints = (
            UniqueConstraint(
                fields=("account_id", "number_index"), name="addressbook_contact_once"
            ),
        )


class Group(Model):
    """Contacts that are written to together; a name stands in a book once."""

    id = fields.BigIntField(primary_key=True)
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="contact_groups", on_delete=fields.RESTRICT
    )
    name = EncryptedText()
    name_index = BlindIndex(source="name")
    created_at = fields.DatetimeField()

    class Meta:
        table = "addressbook_group"
        constraints = (
            UniqueConstraint(fields=("account_id", "name_index"), name="addressbook_group_once"),
        )


class Member(Model):
    """A contact in a group."""

    id = fields.BigIntField(primary_key=True)
    contact_id: int
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "madang.Contact", related_name="memberships", on_delete=fields.CASCADE
    )
    group_id: int
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "madang.Group", related_name="memberships", on_delete=fields.CASCADE
    )

    class Meta:
        table = "addressbook_member"
        indexes = (Index(fields=("group_id",), name="addressbook_member_group"),)
        constraints = (
            UniqueConstraint(fields=("contact_id", "group_id"), name="addressbook_member_once"),
        )
