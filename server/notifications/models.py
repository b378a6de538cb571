"""Tables of what people are told and of the devices that are told it by push (Y16)."""

from tortoise import fields
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
