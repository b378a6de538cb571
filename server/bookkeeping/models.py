"""That officials were warned of a budget line, once for each share of it (Y15-4)."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class BudgetWarning(Model):
    """The share of a year's line, in percent, that was reached when officials were told."""

    id = fields.BigIntField(primary_key=True)
    year = fields.IntField()
    line = fields.CharField(200)
    share = fields.IntField()
    told_at = fields.DatetimeField()

    class Meta:
        table = "budget_warning"
        unique_together = (("year", "line", "share"),)
        constraints = (
            CheckConstraint(name="budget_warning_share", check="share BETWEEN 1 AND 100"),
        )
