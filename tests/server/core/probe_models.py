"""Tables of these tests alone: sealed columns with and without an index, keys, checks, uniques."""

from tortoise import fields
from tortoise.indexes import PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server.core.crypto import BlindIndex, DigestField, EncryptedText


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


class Neighbour(Model):
    """A person with a telephone that is looked for. A semicolon; and a 'quote'."""

    id = fields.BigIntField(primary_key=True)
    name = EncryptedText()
    memo = EncryptedText(null=True)
    phone = EncryptedText(null=True)
    phone_index = BlindIndex(source="phone", normalise=digits, unique=True, null=True)
    code = DigestField(unique=True, null=True)

    class Meta:
        table = "probe_neighbour"


class Visit(Model):
    """Something that points at a neighbour."""

    id = fields.UUIDField(primary_key=True)
    neighbour = fields.ForeignKeyField("madang.Neighbour", on_delete=fields.CASCADE, null=True)
    state = fields.CharField(max_length=10, db_default="open")
    seat = fields.IntField(null=True)
    note = EncryptedText(null=True)

    class Meta:
        table = "probe_visit"
        indexes = (
            PartialIndex(fields=("seat",), name="probe_visit_seat", condition={"state": "x"}),
        )
        constraints = (
            CheckConstraint(check="state IN ('open', 'shut')", name="probe_visit_state"),
            UniqueConstraint(
                fields=("neighbour", "seat"), name="probe_visit_once", condition="state = 'open'"
            ),
        )
