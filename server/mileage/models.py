"""Tables of the mileage ledger (Y15-3, Y15-4): transfers that only grow, and what they move.

A transfer is the one thing that is ever written: triggers (triggers.py) move the balances, the
hold and the budget line in the same statement, and refuse any change of a transfer.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import EncryptedText
from server.mileage.triggers import EXTRAS

__all__ = [
    "EXTRAS",
    "Balance",
    "BalanceCorrection",
    "BudgetLine",
    "Hold",
    "Transfer",
    "WaitingAward",
]


class Balance(Model):
    """What a person may spend (`available`) and what orders under way have set aside (`held`)."""

    person: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "madang.Person", related_name="balance", primary_key=True, on_delete=fields.RESTRICT
    )
    available = fields.BigIntField()
    held = fields.BigIntField()

    class Meta:
        table = "mileage_balance"
        constraints = (
            CheckConstraint(name="mileage_balance_available", check="available >= 0"),
            CheckConstraint(name="mileage_balance_held", check="held >= 0"),
        )


class BudgetLine(Model):
    """The won of a year that the council has voted, as far as they could be given to the line or
    taken back from it, and what of them is neither set aside nor spent."""

    id = fields.BigIntField(primary_key=True)
    year = fields.IntField(unique=True)
    voted_won = fields.BigIntField()
    left_won = fields.BigIntField()

    class Meta:
        table = "budget_line"
        constraints = (CheckConstraint(name="budget_line_left", check="left_won >= 0"),)


class Transfer(Model):
    """`points` from the account `debit` to the account `credit` of one person; append-only.

    Accounts: `issued` and `spent` of the office, `available` and `held` of the person. `won` moves
    beside the points on the budget line: aside with a hold, back with a release,
    gone with a capture.
    Rows without a person are the line's own: `source` to `line` is a grant of the council.
    `key` makes each movement happen once; `available_after` is the person's running balance.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(120, unique=True)
    debit = fields.CharField(9)
    credit = fields.CharField(9)
    person_id = fields.BigIntField(null=True)
    points = fields.BigIntField()
    won = fields.BigIntField()
    about = fields.CharField(16)  # a rule of table 1, sms, fax, correction or grant
    units = fields.IntField()  # messages (건) or pages (장); 0 for awards and grants
    reason = fields.CharField(16)  # of a release: undelivered, cancelled; else empty
    ref = fields.CharField(40)  # of what it is about: a message's id, a correction; may be empty
    hold_id = fields.BigIntField(null=True)
    line_id = fields.BigIntField(null=True)
    available_after = fields.BigIntField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "mileage_transfer"
        indexes = (Index(fields=("person_id", "id"), name="mileage_transfer_person"),)
        constraints = (
            CheckConstraint(
                name="mileage_transfer_accounts",
                check="debit || '>' || credit IN ('issued>available', 'available>issued',"
                " 'available>held', 'held>spent', 'held>available', 'source>line', 'line>source')",
            ),
            CheckConstraint(
                name="mileage_transfer_amounts",
                check="won >= 0 AND units >= 0 AND CASE WHEN person_id IS NULL"
                " THEN points = 0 AND won > 0 AND line_id IS NOT NULL AND available_after IS NULL"
                " ELSE points > 0 AND available_after IS NOT NULL END",
            ),
            CheckConstraint(
                name="mileage_transfer_owner",
                check="(person_id IS NULL) = (debit IN ('source', 'line'))",
            ),
            CheckConstraint(
                name="mileage_transfer_hold",
                check="(hold_id IS NOT NULL) = (debit = 'held')"
                " AND (line_id IS NULL) = (debit = 'issued' OR credit = 'issued')"
                " AND (line_id IS NOT NULL OR won = 0)",
            ),
        )


class Hold(Model):
    """Points set aside for one order: still open, and spent. Its id is that of its transfer."""

    id = fields.BigIntField(primary_key=True, generated=False)
    person_id = fields.BigIntField()
    open_points = fields.BigIntField()
    open_won = fields.BigIntField()
    spent_points = fields.BigIntField()

    class Meta:
        table = "mileage_hold"
        constraints = (
            CheckConstraint(name="mileage_hold_points", check="open_points >= 0"),
            CheckConstraint(
                name="mileage_hold_won", check="open_won >= 0 AND (open_points > 0 OR open_won = 0)"
            ),
        )


class WaitingAward(Model):
    """Points earned before the identity was verified: shown, not spendable until it is."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="waiting_awards"
    )
    rule = fields.CharField(16)
    once_key = fields.CharField(64)
    earned_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mileage_waiting"
        unique_together = (("account", "rule", "once_key"),)


class BalanceCorrection(Model):
    """Points that an official proposes to add (or, below zero, to take away) because a mistake was
    made; they move when another official approves. `reason` is what the resident reads."""

    id = fields.BigIntField(primary_key=True)
    person_id: int
    person: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Person", related_name="balance_corrections", on_delete=fields.RESTRICT
    )
    account_id: int
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="balance_corrections", on_delete=fields.RESTRICT
    )
    points = fields.BigIntField()
    reason = EncryptedText()
    state = fields.CharField(8)
    proposed_by_id: int
    proposed_by: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="balance_corrections_proposed", on_delete=fields.RESTRICT
    )
    proposed_at = fields.DatetimeField()
    decided_by_id: int | None
    decided_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account",
        related_name="balance_corrections_decided",
        null=True,
        on_delete=fields.RESTRICT,
    )
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mileage_correction"
        indexes = (Index(fields=("state", "id"), name="mileage_correction_by_state"),)
        constraints = (
            CheckConstraint(name="mileage_correction_points", check="points <> 0"),
            CheckConstraint(
                name="mileage_correction_state",
                check="state IN ('proposed', 'approved', 'refused', 'dropped')"
                " AND (state = 'proposed') = (decided_by_id IS NULL)"
                " AND (state = 'proposed') = (decided_at IS NULL)",
            ),
            CheckConstraint(
                name="mileage_correction_two_officials",
                check="decided_by_id IS NULL"
                " OR (state = 'dropped') = (decided_by_id = proposed_by_id)",
            ),
            CheckConstraint(
                name="mileage_correction_not_ones_own",
                check="account_id <> proposed_by_id AND account_id <> COALESCE(decided_by_id, 0)",
            ),
        )
