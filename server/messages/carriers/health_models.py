"""What each provider answered, in spans of five minutes: counts only, nothing of any one order."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model


class Answers(Model):
    """One provider and span. `taken` orders were accepted, `refused` certainly not, of the
    `unclear` nobody could tell; `answer_ms` is what all of these answers together took."""

    id = fields.BigIntField(primary_key=True)
    provider = fields.CharField(40)
    begins_at = fields.DatetimeField()
    taken = fields.IntField()
    refused = fields.IntField()
    unclear = fields.IntField()
    answer_ms = fields.BigIntField()

    class Meta:
        table = "message_answers"
        constraints = (
            UniqueConstraint(fields=("provider", "begins_at"), name="message_answers_once"),
            CheckConstraint(
                name="message_answers_counts",
                check="taken >= 0 AND refused >= 0 AND unclear >= 0 AND answer_ms >= 0",
            ),
        )
