"""Table of documents that were issued: what can be checked of each, and where its file is kept."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server.documents.rules import KINDS


class IssuedDocument(Model):
    """A paper under its code. `content` is a keyed hash of what it says: the same words are one
    document. `file` leads to the sealed PDF once it was drawn, `sha256` tells whether a file is
    that one."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(16, unique=True)
    kind = fields.CharField(12)
    number = fields.CharField(13)
    language = fields.CharField(2)
    department = fields.CharField(100)
    content = fields.CharField(64)
    issued_at = fields.DatetimeField()
    file = fields.UUIDField(null=True)
    sha256 = fields.CharField(64, null=True)

    class Meta:
        table = "document"
        indexes = (Index(fields=("number", "id"), name="document_of"),)
        constraints = (
            UniqueConstraint(fields=("number", "content"), name="document_once"),
            CheckConstraint(
                name="document_kind",
                check=f"kind IN ({', '.join(repr(kind) for kind in sorted(KINDS))})",
            ),
            CheckConstraint(name="document_file", check="(file IS NULL) = (sha256 IS NULL)"),
        )
