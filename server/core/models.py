"""Tables of the core: gapless counters, the outbox, timers, what is live, the audit, its seals."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model


class Counter(Model):
    """The last number given in a series; taken inside the transaction that uses it."""

    series = fields.CharField(max_length=100, primary_key=True)
    given = fields.BigIntField()

    class Meta:
        table = "counter"


class OutboxJob(Model):
    """A thing to do after its cause has been committed; at least once, by one worker at a time.

    A leased job is due when its lease ends, so `due_at` alone says what may be taken.
    """

    id = fields.BigIntField(primary_key=True)
    topic = fields.CharField(max_length=100)
    handler = fields.CharField(max_length=100)
    key = fields.CharField(max_length=200, null=True)
    payload = fields.TextField()
    state = fields.CharField(max_length=10, db_default="waiting")
    attempt = fields.IntField(db_default=0)
    failures = fields.IntField(db_default=0)
    due_at = fields.DatetimeField()
    lease_token = fields.CharField(max_length=80, null=True)
    reason = fields.CharField(max_length=300, null=True)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox_job"
        indexes = (
            PartialIndex(fields=("due_at",), name="outbox_job_due", condition={"state": "waiting"}),
            Index(fields=("state", "ended_at"), name="outbox_job_ended"),
        )
        constraints = (
            UniqueConstraint(fields=("topic", "handler", "key"), name="outbox_job_once"),
            CheckConstraint(
                check="state IN ('waiting', 'done', 'dead')", name="outbox_job_state_known"
            ),
        )


class TimerLease(Model):
    """When a timer runs next, and which worker is running it."""

    name = fields.CharField(max_length=100, primary_key=True)
    next_at = fields.DatetimeField()
    lease_token = fields.CharField(max_length=80, null=True)
    leased_until = fields.DatetimeField(null=True)
    last_at = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=300, null=True)

    class Meta:
        table = "timer_lease"


class LiveTopic(Model):
    """How often a thing that open pages show has changed (`complaint:2611-000427-8`)."""

    topic = fields.CharField(max_length=80, primary_key=True)
    version = fields.BigIntField()

    class Meta:
        table = "live_topic"


class AuditEntry(Model):
    """Who did what to which thing; no personal data. Sealed in batches into one chain.

    `mac` is made when the row is written, `sequence` and `digest` when it is sealed.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    action = fields.CharField(max_length=100)
    subject = fields.CharField(max_length=200)
    actor_id = fields.BigIntField(null=True)
    facts = fields.TextField()
    mac = fields.BinaryField()
    sequence = fields.BigIntField(null=True, unique=True)
    digest = fields.BinaryField(null=True)

    class Meta:
        table = "audit_entry"
        indexes = (
            Index(fields=("subject", "id"), name="audit_entry_subject"),
            Index(fields=("actor_id", "id"), name="audit_entry_actor"),
        )
        constraints = (
            UniqueConstraint(
                fields=("id",), name="audit_entry_unsealed", condition="sequence IS NULL"
            ),
        )


class AuditHead(Model):
    """A signed head of the chain; `purged` marks the last one before which rows are gone."""

    id = fields.BigIntField(primary_key=True)
    sequence = fields.BigIntField(unique=True)
    digest = fields.BinaryField()
    at = fields.DatetimeField()
    purged = fields.BooleanField(db_default=False)
    signature = fields.BinaryField()

    class Meta:
        table = "audit_head"


class KeyMark(Model):
    """A trace of each key this database was written with, to refuse another office's keys."""

    name = fields.CharField(max_length=40, primary_key=True)
    mark = fields.CharField(max_length=64)

    class Meta:
        table = "key_mark"
