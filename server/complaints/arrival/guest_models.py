"""Table of complaints filed without an account: what opens them again (Y12-2, Y12-3)."""

from tortoise import fields
from tortoise.models import Model

from server.complaints.models import Complaint


class Guest(Model):
    """The password of a complaint that nobody's account filed.

    `generation` grows with every change of it: whoever had opened the case under an earlier one
    is out. Tries are counted by accounts' throttles, also for numbers that do not exist.
    """

    complaint_id: int
    complaint: fields.OneToOneRelation[Complaint] = fields.OneToOneField(
        "madang.Complaint", related_name="guest", primary_key=True
    )
    password_hash = fields.CharField(200)
    generation = fields.IntField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "complaint_guest"
