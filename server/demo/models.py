"""The marker of the demo district: when it was begun and whether it is whole."""

from tortoise import fields
from tortoise.models import Model


class DemoDistrict(Model):
    """One row. `begun_at` is the 'now' of the stories; `password_mark` a keyed hash, so that a
    password set anew is noticed."""

    id = fields.IntField(primary_key=True)
    begun_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    password_mark = fields.BinaryField(null=True)

    class Meta:
        table = "demo_district"
