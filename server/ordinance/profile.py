"""What a profile holds: the ordinance and the rule (규칙, Y25) of one district, typed and checked.

Every key is tied to the clause it carries out, so that a refused profile can name it.
"""

from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from server.core import i18n
from server.ordinance.mileage_sections import Mileage
from server.ordinance.section import (
    Approver,
    Clause,
    Count,
    Kind,
    Period,
    Phone,
    Row,
    Section,
    Words,
)


class District(Section):
    """Who runs the homepage, in both languages."""

    clause = Clause("Y3-1", "O3-1")

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,30}$")]
    name: Words  # 영등포구
    name_en: Words
    full_name: Words  # 서울특별시 영등포구
    full_name_en: Words
    office: Words  # 영등포구청
    office_en: Words
    app_name: Words  # 영등포 마당
    app_name_en: Words
    mayor: Words  # 영등포구청장
    mayor_en: Words
    resident: Words  # 구민
    address: Words
    address_en: Words
    phone: Phone
    fax: Phone | None = None
    latitude: Annotated[float, Field(ge=33, le=39)]  # of its middle, where a map begins
    longitude: Annotated[float, Field(ge=124, le=132)]


class Ordinance(Section):
    """Which text is carried out, and what it is: a bill (조례안) is not yet an ordinance."""

    title: Words
    title_en: Words
    status: Literal["bill", "in_force"]
    number: Words
    dated: date  # laid before the council, or last amended
    numbering: Literal["Y", "O"]  # which ids of clauses.toml are this text's
    text: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.txt$")]


class FairUse(Section):
    """Fair use of SMS and fax: caps, review, codes, and what holds for advertisements."""

    clause = Clause("Y15-4")

    sms_units_per_month_max: Count  # of one person in a month of Seoul's calendar
    fax_pages_per_month_max: Count
    held_days_max: Annotated[int, Field(ge=1, le=30)]  # then an order held for review goes back
    codes_per_day_max: Annotated[int, Field(ge=1, le=20)]  # one-time codes sent to one number
    fax_codes_per_day_max: Annotated[int, Field(ge=1, le=1000)] = 50  # of the whole office
    opt_out_words: Row[Words]  # an inbound message of one of them opts out
    ad_contact: Phone  # who sends advertisements of the office (Network Act 50(4))
    ad_opt_out: Annotated[str, Field(pattern=r"^080-\d{3,4}-\d{4}$")]  # free of charge
    ad_quiet_from: time  # no advertisement without a consent of its own (Network Act 50(3))
    ad_quiet_until: time


class Messages(Section):
    """SMS and fax for residents: sender numbers, limits a day and an order, deadlines."""

    clause = Clause("Y15-4")

    sms_sender: Phone  # registered beforehand (Telecommunications Business Act 84-2)
    fax_sender: Phone
    sms_recipients_max: Count  # of one order
    sms_csv_recipients_max: Count | None = None  # of a resident's CSV, where it may be longer
    sms_office_recipients_max: Count = 10_000  # of one order of the office's own
    sms_units_per_day_max: Count  # of one person in a Seoul day
    schedule_days_max: Count = 30  # so far ahead an SMS may be given its hour
    fax_recipients_max: Count
    fax_pages_max: Count
    fax_pages_per_day_max: Count
    receipt_hours_max: Count  # without a receipt by then a message is expired
    lookup_minutes: Count  # after which an unknown outcome is looked up at the provider
    body_kept_days: Count  # text and pages are erased after that; the charge stays on record
    fair_use: FairUse


class Approvals(Section):
    """Who approves (결재) an answer of each kind, in order, before it leaves."""

    clause = Clause("Y11-4", "O8-1")

    application: Row[Approver]
    statute_inquiry: Row[Approver]
    procedure_inquiry: Row[Approver]
    proposal: Row[Approver]
    grievance: Row[Approver]
    other: Row[Approver]


class Complaints(Section):
    """What an office may set of the handling of complaints; the rest is statute."""

    clause = Clause("Y11-4", "O8-1")

    other_period: Period  # everyday inconvenience (기타민원), D16(3)
    working_from: time
    working_until: time
    lunch_from: time
    lunch_until: time
    off_hours_count_from_next_day: bool  # for day periods
    local_holidays: Row[date]
    approvals: Approvals
    identity_online: Annotated[bool, Clause("Y11-7", "O9-1")]  # may filing online need identity?
    public_kinds: Annotated[Row[Kind], Clause("Y12-1", "O10-1")]
    disclosure_by: Annotated[Literal["complaints", "audit"], Clause("Y10-2", "O8-2")]
    photos_max: Annotated[int, Field(ge=0, le=5), Clause("Y10-1", "O8-1")]
    reopen_days: Annotated[int, Field(ge=7, le=365), Clause("Y11-4", "O8-1")]
    filings_per_hour_max: Annotated[int, Field(ge=5), Clause("Y10-1", "O8-1")]  # more: a machine
    on_behalf_monthly: Annotated[int, Field(ge=1, le=100), Clause("Y18", "O8-1")]  # others: a look
    unopened_hours: Annotated[int, Field(ge=1, le=168), Clause("Y16", "O8-1")]  # then by a text
    silent_hours: Annotated[int, Field(ge=1, le=168), Clause("Y16", "O8-1")]  # of it: to the desk

    @model_validator(mode="after")
    def _a_day_in_order(self) -> Self:
        if not self.working_from < self.lunch_from <= self.lunch_until < self.working_until:
            raise ValueError("a working day runs from working_from over lunch to working_until")
        return self


class Payments(Section):
    """Where fees are paid, and by when: an application counts as received once its payment is
    confirmed."""

    clause = Clause("Y11-3", "O9-2")

    bank: Words
    bank_en: Words
    account: Annotated[str, Field(pattern=r"^\d[\d-]{7,19}\d$")]
    holder: Words  # as the bank shows it to who transfers
    days: Annotated[int, Field(ge=1, le=60)]  # to pay in, the day of filing not counted
    matching_days: Annotated[int, Field(ge=0, le=14)]  # after which an unpaid charge lapses


class Removal(Section):
    """On which grounds whose posts may be removed from a board."""

    clause = Clause("Y7-2", "O6-2")

    by: Row[Literal["informatics", "department"]]
    grounds: Row[Words]
    same_content_times: Count  # from how many times on the same content counts as repeated
    similar_counts: bool

    @model_validator(mode="after")
    def _nine(self) -> Self:
        if len(self.grounds) != 9:
            raise ValueError(f"the ordinance names nine grounds, the profile {len(self.grounds)}")
        return self


class Officials(Section):
    """Passwords and sessions of officials (국가 정보보안 기본지침)."""

    clause = Clause("Y24", "O19")

    password_length_min: Annotated[int, Field(ge=9)]
    password_kinds_min: Annotated[int, Field(ge=3, le=4)]  # of lower, upper, digits, signs
    password_days_max: Annotated[int, Field(ge=1, le=180)]
    password_history: Annotated[int, Field(ge=1)]  # the last ones may not be used again
    failures_max: Annotated[int, Field(ge=1, le=5)]
    lock_minutes: Count
    session_idle_minutes: Annotated[int, Field(ge=1, le=60)]
    session_hours_max: Annotated[int, Field(ge=1, le=24)]


class Residents(Section):
    """Accounts of residents: passwords, sessions, and the desk's one-time code."""

    clause = Clause("Y11-7", "O18-1")

    guardian_under_age: Annotated[int, Field(ge=14)]  # Personal Information Protection Act 22-2
    password_length_min: Annotated[int, Field(ge=8)]
    failures_max: Count
    lock_minutes: Count
    session_idle_days: Count
    session_days_max: Count
    code_minutes: Annotated[int, Field(ge=1, le=60)]  # life of the desk's one-time code
    code_tries: Annotated[int, Field(ge=1, le=10)]


class Privacy(Section):
    """Who answers for personal data, and how long records of access are kept."""

    clause = Clause("Y22-4", "O17-1")

    officer: Words
    officer_en: Words
    department: Words
    department_en: Words | None = None
    phone: Phone
    access_log_days: Annotated[int, Field(ge=730)]
    notifications_kept_days: Count
    faxes_kept_days: Count  # pages and numbers of faxes that came in, after they were dealt with


class Opinions(Section):
    """How often users are asked what to improve."""

    clause = Clause("Y4", "O4")

    yearly_round: bool


class Prizes(Section):
    """What the office may give to those who take part, within its budget."""

    clause = Clause("Y17", "O13bis-1")

    events: bool
    survey: Annotated[bool, Clause(None, "O13bis-1")]
    correction: Annotated[bool, Clause(None, "O13bis-1")]
    nth_visitor: Annotated[bool, Clause(None, "O13bis-1")]


class Mail(Section):
    """E-mail IDs."""

    clause = Clause("Y20-2", "O14")

    officials_always: bool


class Backup(Section):
    """How often everything, and what changed, is copied to a separate safe place."""

    clause = Clause("Y23-2", "O18-2")

    everything: Literal["daily", "weekly", "monthly"]
    changes: Literal["hourly", "daily", "none"]


class Profile(Section):
    """One district's rule as it stands on one day."""

    district: District
    ordinance: Ordinance
    mileage: Mileage | None = None
    messages: Messages | None = None
    complaints: Complaints
    payments: Payments
    removal: Removal
    officials: Officials
    residents: Residents
    privacy: Privacy
    opinions: Opinions
    prizes: Prizes
    mail: Mail
    backup: Backup

    @property
    def title(self) -> str:
        """What the app is called, in the reader's language."""
        return self.district.app_name if i18n.locale() == "ko" else self.district.app_name_en

    @property
    def has_mileage(self) -> bool:
        """Whether the mileage rooms are open here (Y15-3)."""
        return self.mileage is not None

    @property
    def has_messages(self) -> bool:
        """Whether residents may send SMS and fax here (Y15-4)."""
        return self.messages is not None


def contradictions(profile: Profile) -> Iterable[tuple[str, Clause, str]]:
    """(key, clause, why) of what each table allows and the ordinance as a whole does not."""
    if profile.has_messages != profile.has_mileage:
        present = "messages" if profile.has_messages else "mileage"
        absent = "mileage" if profile.has_messages else "messages"
        yield (absent, Clause("Y15-4"), f"[{present}] needs [{absent}]: mileage pays messages")
    if profile.has_mileage and profile.ordinance.numbering == "O":
        yield ("mileage", Clause(None, "O13"), "Osan's ordinance gives no mileage")
    needs_identity = profile.complaints.identity_online
    if needs_identity and profile.ordinance.numbering == "O":
        yield (
            "complaints.identity_online",
            Clause(None, "O9-1"),
            "online only what needs neither identity proof nor enclosures",
        )
