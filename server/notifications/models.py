"""Tables of what people are told and of the devices that are told it by push (Y16)."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.crypto import BlindIndex, EncryptedText


class Notification(Model):
    """One thing told to one account. `params` fill the kind's sentence and name nobody."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "madang.Account", related_name="notifications"
    )
    account_id: int
    kind = fields.CharField(40)
    params = fields.CharField(400)
    link = fields.CharField(200)
    created_at = fields.DatetimeField(db_index=True)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"
        indexes = (("account", "read_at"), ("account", "id"), ("link",))


class PushSilence(Model):
    """A topic (rules.TOPICS) of which an account wants nothing pushed; its inbox has it anyway."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "madang.Account", related_name="push_silences"
    )
    account_id: int
    topic = fields.CharField(20)

    class Meta:
        table = "push_silence"
        unique_together = (("account", "topic"),)


class Ladder(Model):
    """How a resident has chosen to be told of a step whose push did not reach: by a text at the
    office's cost and then by the desk, or by the desk at once; there by fax instead of post where
    there is a number."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "madang.Account", related_name="ladders"
    )
    account_id: int
    way = fields.CharField(4)
    fax = EncryptedText(null=True)
    chosen_at = fields.DatetimeField()

    class Meta:
        table = "notification_ladder"
        unique_together = (("account",),)
        constraints = (
            CheckConstraint(name="notification_ladder_way", check="way IN ('sms', 'desk')"),
        )


class Reach(Model):
    """Where one notice stands on its reader's ladder (ladder_rules.Rung); one row a notice, so that
    each rung is taken once. `devices` is a JSON list of those it is pushed to, `handed_at` when a
    push service took it; `why` the push did not do and `why_desk` why no text did; `text` what
    became of the text `sms_order`: empty, arrived or lost."""

    id = fields.BigIntField(primary_key=True)
    notification: fields.ForeignKeyRelation[Notification] = fields.ForeignKeyField(
        "madang.Notification", related_name="reaches"
    )
    notification_id: int
    account: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "madang.Account", related_name="reaches"
    )
    account_id: int
    about = fields.CharField(60)
    devices = fields.CharField(240)
    rung = fields.CharField(8)
    why = fields.CharField(10, default="")
    why_desk = fields.CharField(10, default="")
    handed_at = fields.DatetimeField(null=True)
    sms_order = fields.UUIDField(null=True, unique=True)
    texted_at = fields.DatetimeField(null=True)
    text = fields.CharField(7, default="")
    since = fields.DatetimeField()

    class Meta:
        table = "notification_reach"
        unique_together = (("notification",),)
        indexes = (Index(fields=("account_id",), name="notification_reach_of"),)
        constraints = (
            CheckConstraint(
                name="notification_reach_rung",
                check="rung IN ('push', 'sms', 'to_desk', 'at_desk', 'reached', 'needless',"
                " 'nowhere')"
                " AND (rung <> 'sms' OR sms_order IS NOT NULL)"
                " AND (sms_order IS NULL) = (texted_at IS NULL)",
            ),
            CheckConstraint(
                name="notification_reach_text",
                check="text IN ('', 'arrived', 'lost') AND (text = '' OR sms_order IS NOT NULL)",
            ),
        )


class PushSubscription(Model):
    """A browser that takes pushes: bound to the account and session that were signed in there.

    The session is kept as a number: it may end by idling, which an official's does within the
    hour, and news must still arrive; logging out removes the subscription.
    """

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "madang.Account", related_name="push_subscriptions"
    )
    account_id: int
    session_number = fields.BigIntField(db_index=True)
    endpoint = EncryptedText()
    endpoint_blind = BlindIndex(source="endpoint", normalise=str.strip, unique=True)
    p256dh = EncryptedText()
    auth = EncryptedText()
    renewed_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "push_subscription"
