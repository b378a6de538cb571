"""Tables of complaints: the sealed case, its steps and answer, and the masked copy for the public.

What a resident wrote is encrypted. Only `publication` is readable in the database: it exists
while the applicant allows it, and holds nothing personal (Y12-1, Y12-2, O17-2).
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.complaints import rules
from server.complaints.columns import of_complaint, one_of
from server.complaints.workflow import BEFORE_ACCEPTANCE, ENDED, RUNNING, Outcome, State
from server.core.crypto import BlindIndex, EncryptedText


class Complaint(Model):
    """One complaint. `name`, `phone`, `email` and `address` are the applicant's as they were at
    filing; without an account (`applicant` is null) they are all that is known.

    `version` grows with every act: who acts on an older one is told what happened meanwhile.
    `due_at` is the instant it is late; `due_by_hour` says that its period is counted in hours.
    `told_at` is when the applicant last heard of it (D23: every 30 days).
    `wanted_kind` is the service it was filed for, or the kind that is to be paid first; `kind` is
    set by the office at acceptance.
    """

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(13, unique=True)
    applicant_id: int | None
    applicant: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="complaints", null=True, on_delete=fields.RESTRICT
    )
    topic_id: int
    topic: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Topic", related_name="complaints", on_delete=fields.RESTRICT
    )
    kind_id: int | None
    kind: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Kind", related_name="complaints", null=True, on_delete=fields.RESTRICT
    )
    wanted_kind_id: int | None
    wanted_kind: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Kind", related_name="wanted_by", null=True, on_delete=fields.RESTRICT
    )
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="complaints", null=True, on_delete=fields.RESTRICT
    )
    handler_id: int | None
    handler: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="cases", null=True, on_delete=fields.RESTRICT
    )
    state = fields.CharField(20)
    open = fields.BooleanField()
    public = fields.BooleanField()
    title = EncryptedText()
    body = EncryptedText()
    place = EncryptedText()
    position = EncryptedText(null=True)
    name = EncryptedText()
    phone = EncryptedText(null=True)
    phone_blind = BlindIndex(source="phone", normalise=rules.normal_phone, null=True)
    email = EncryptedText(null=True)
    email_blind = BlindIndex(source="email", normalise=rules.normal_email, null=True)
    address = EncryptedText(null=True)
    fax = EncryptedText(null=True)
    reply_by = fields.CharField(6)
    photos_count = fields.IntField()
    filed_at = fields.DatetimeField()
    accept_by = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    due_by_hour = fields.BooleanField()
    ended_at = fields.DatetimeField(null=True)
    warned = fields.CharField(8)
    told_at = fields.DatetimeField(null=True)
    version = fields.IntField()

    class Meta:
        table = "complaint"
        indexes = (
            Index(fields=("applicant_id", "id"), name="complaint_of_applicant"),
            Index(fields=("state", "accept_by"), name="complaint_by_state"),
            Index(fields=("open", "due_at"), name="complaint_by_due"),
            Index(fields=("handler_id", "open", "due_at"), name="complaint_of_handler"),
            Index(fields=("department_id", "open", "due_at"), name="complaint_of_department"),
            Index(fields=("open", "told_at"), name="complaint_by_told"),
            Index(fields=("phone_blind",), name="complaint_phone"),
            Index(fields=("email_blind",), name="complaint_email"),
            Index(
                fields=("filed_at", "department_id", "kind_id", "state", "due_at", "ended_at"),
                name="complaint_counted",
            ),
        )
        constraints = (
            CheckConstraint(name="complaint_state", check=one_of("state", State)),
            CheckConstraint(
                name="complaint_open",
                check=f"open = (NOT {one_of('state', ENDED)}) AND open = (ended_at IS NULL)",
            ),
            CheckConstraint(
                name="complaint_clock",
                check="(accepted_at IS NULL) = (due_at IS NULL)"
                " AND (accepted_at IS NULL) = (kind_id IS NULL)"
                f" AND (NOT {one_of('state', BEFORE_ACCEPTANCE | {State.LAPSED})}"
                " OR accepted_at IS NULL)"
                f" AND (NOT {one_of('state', RUNNING | {State.COMPLETED})}"
                " OR accepted_at IS NOT NULL)",
            ),
            CheckConstraint(
                name="complaint_reply",
                check="reply_by IN ('app', 'sms', 'letter', 'fax')"
                " AND (reply_by <> 'fax' OR fax IS NOT NULL)",
            ),
            CheckConstraint(name="complaint_warned", check="warned IN ('', 'soon', 'overdue')"),
            CheckConstraint(
                name="complaint_photos",
                check=f"photos_count BETWEEN 0 AND {rules.PHOTOS_KEPT_MAX}",
            ),
        )


class PlaceWord(Model):
    """Beginnings of the words of a complaint's place, hashed: private cases are found by place."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation["Complaint"] = of_complaint("place_words")
    word = fields.BinaryField()

    class Meta:
        table = "complaint_place_word"
        unique_together = (("word", "complaint"),)


class Photo(Model):
    """A photo as it may be shown: upright, at most 1,600 pixels, nothing but the picture.

    Staged (without a complaint) until its form is accepted; unclaimed ones are purged.
    `key` leads to the sealed objects in storage. `owner` is the key of whose form it is (an
    account, or the visit of somebody without one). `caption` says what it shows, and stands for it
    where it cannot be seen; `step` is the version of the complaint with which it came.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.UUIDField(unique=True)
    owner = fields.CharField(64)
    complaint_id: int | None
    complaint: fields.ForeignKeyNullableRelation["Complaint"] = fields.ForeignKeyField(
        "madang.Complaint", related_name="photos", null=True, on_delete=fields.RESTRICT
    )
    number: int = fields.IntField(null=True)
    step: int = fields.IntField(null=True)
    caption = EncryptedText(null=True)
    width = fields.IntField()
    height = fields.IntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "complaint_photo"
        unique_together = (("complaint", "number"),)
        indexes = (Index(fields=("complaint_id", "created_at"), name="complaint_photo_staged"),)
        constraints = (
            CheckConstraint(
                name="complaint_photo_staged",
                check="(complaint_id IS NULL) = (number IS NULL)"
                " AND (complaint_id IS NULL) = (step IS NULL)"
                f" AND (number IS NULL OR number BETWEEN 1 AND {rules.PHOTOS_KEPT_MAX})",
            ),
        )


class Step(Model):
    """One event of a complaint's timeline. `facts` hold codes, ids and dates, nothing personal."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation["Complaint"] = of_complaint("steps")
    version = fields.IntField()
    at = fields.DatetimeField()
    action = fields.CharField(30)
    actor_id: int | None
    actor: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Account", related_name="complaint_steps", null=True, on_delete=fields.RESTRICT
    )
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="complaint_steps", null=True, on_delete=fields.RESTRICT
    )
    facts = fields.TextField()
    text = EncryptedText(null=True)

    class Meta:
        table = "complaint_step"
        unique_together = (("complaint", "version"),)


class Supplement(Model):
    """A supplement asked of the applicant, its own last day, and whether it came (D24).

    `more_time` counts how often the applicant asked for more; `undelivered_at` is when the request
    came back to the office.
    """

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.ForeignKeyRelation["Complaint"] = of_complaint("supplements")
    asked_at = fields.DatetimeField()
    until = fields.DateField()
    asked = EncryptedText()
    given_at = fields.DatetimeField(null=True)
    more_time = fields.IntField(default=0)
    undelivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "complaint_supplement"
        indexes = (("complaint",),)
        constraints = (
            CheckConstraint(name="complaint_supplement_more", check="more_time BETWEEN 0 AND 2"),
        )


class Answer(Model):
    """The result: outcome, what was done, and where it is refused the reasons and remedies."""

    id = fields.BigIntField(primary_key=True)
    complaint_id: int
    complaint: fields.OneToOneRelation["Complaint"] = fields.OneToOneField(
        "madang.Complaint", related_name="answer"
    )
    outcome = fields.CharField(12)
    text = EncryptedText()
    reasons = EncryptedText(null=True)
    remedies = EncryptedText(null=True)
    ground = fields.CharField(20, null=True)

    class Meta:
        table = "complaint_answer"
        constraints = (
            CheckConstraint(name="complaint_answer_outcome", check=one_of("outcome", Outcome)),
            CheckConstraint(
                name="complaint_answer_lawful",
                check="(outcome NOT IN ('refused', 'not_accepted', 'partly')"
                " OR (reasons IS NOT NULL AND remedies IS NOT NULL))"
                " AND (outcome NOT IN ('returned', 'not_handled', 'repeated')"
                " OR reasons IS NOT NULL)"
                " AND (outcome = 'not_handled') = (ground IS NOT NULL)",
            ),
        )


class Publication(Model):
    """A complaint as everybody may read it: masked. Deleted at once when the applicant refuses.

    `stage` is received, handling or completed, for the public list's filter; `due_at` as the
    complaint's own.
    """

    complaint_id: int
    complaint: fields.OneToOneRelation["Complaint"] = fields.OneToOneField(
        "madang.Complaint", related_name="publication", primary_key=True
    )
    number = fields.CharField(13, unique=True)
    title = fields.CharField(100)
    body = fields.TextField()
    place = fields.CharField(200)
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    topic_id: int
    topic: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "madang.Topic", related_name="publications", on_delete=fields.RESTRICT
    )
    department_id: int | None
    department: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "madang.Department", related_name="publications", null=True, on_delete=fields.RESTRICT
    )
    stage = fields.CharField(10)
    photos_count = fields.IntField()
    filed_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "publication"
        indexes = (
            Index(fields=("filed_at", "complaint_id"), name="publication_by_filing"),
            Index(fields=("department_id", "complaint_id"), name="publication_by_department"),
            Index(fields=("topic_id", "complaint_id"), name="publication_by_topic"),
            Index(fields=("stage", "complaint_id"), name="publication_by_stage"),
            Index(fields=("topic_id", "stage", "complaint_id"), name="publication_by_both"),
            Index(fields=("latitude", "longitude"), name="publication_by_position"),
        )
        constraints = (
            CheckConstraint(
                name="publication_stage", check="stage IN ('received', 'handling', 'completed')"
            ),
        )
