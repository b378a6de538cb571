"""A bad profile is refused at start: file, key and clause are named (Y25). Ours are right."""

from datetime import date
from pathlib import Path

import pytest

from server.ordinance import loading, service
from server.ordinance.loading import ProfileError, load, path_of

YEONGDEUNGPO = path_of("yeongdeungpo").read_text(encoding="utf-8")
OSAN = path_of("osan").read_text(encoding="utf-8")

# (what is changed in the profile, the key that is named, its clause)
BAD = [
    ("points = 30\nwon", 'points = "30"\nwon', "mileage.spend.sms.points", "Y15-4"),
    ("max_bytes = 90", "max_bytes = 900", "mileage.spend.sms.max_bytes", "Y15-4"),
    ('longer = "split"', 'longer = "cut"', "mileage.spend.sms.longer", "Y15-4"),
    ("won = 12_000_000", "won = -1", "mileage.budget.0.won", "Y15-4"),
    ("year = 2027", "year = 2026", "mileage.budget", "Y15-4"),
    ("points = 500", "points = 0", "mileage.award.join.points", "Y15-3"),
    ("[100, 1000], [50, 500]", "[50, 500], [100, 1000]", "mileage.award.participant", "Y15-3"),
    ('once = "survey"', 'once = "often"', "mileage.award.survey.once", "Y15-3"),
    ("[mileage.award.survey]", "[mileage.award.poll]", "mileage.award.survey", "Y15-3"),
    ('sms_sender = "02-2670-3114"', 'sms_sender = "1588"', "messages.sms_sender", "Y15-4"),
    ("body_kept_days = 30", "body_kept_days = 0", "messages.body_kept_days", "Y15-4"),
    ('other_period = "7d"', 'other_period = "a week"', "complaints.other_period", "Y11-4"),
    ("lunch_until = 13:00:00", "lunch_until = 19:00:00", "complaints", "Y11-4"),
    ('other = ["handler"]', 'other = ["mayor"]', "complaints.approvals.other.0", "Y11-4"),
    ("identity_online = true", "identity_online = 1", "complaints.identity_online", "Y11-7"),
    ('"grievance", "other"]', '"grievance", "all"]', "complaints.public_kinds.5", "Y12-1"),
    ('disclosure_by = "complaints"', 'disclosure_by = "x"', "complaints.disclosure_by", "Y10-2"),
    ("photos_max = 5", "photos_max = 6", "complaints.photos_max", "Y10-1"),
    ("reopen_days = 30", "reopen_days = 3", "complaints.reopen_days", "Y11-4"),
    (
        "filings_per_hour_max = 20",
        "filings_per_hour_max = 1",
        "complaints.filings_per_hour_max",
        "Y10-1",
    ),
    ('  "욕설·음란물 등 불건전한 내용",\n', "", "removal", "Y7-2"),
    ("password_length_min = 10", "password_length_min = 8", "officials.password_length_min", "Y24"),
    ("session_idle_minutes = 30", "idle_minutes = 30", "officials.session_idle_minutes", "Y24"),
    ("guardian_under_age = 14", "guardian_under_age = 13", "residents.guardian_under_age", "Y11-7"),
    ("access_log_days = 730", "access_log_days = 365", "privacy.access_log_days", "Y22-4"),
    ('everything = "weekly"', 'everything = "yearly"', "backup.everything", "Y23-2"),
    ("events = true", "events = true\nraffle = true", "prizes.raffle", "Y17"),
    ('name = "영등포구"', 'name = ""', "district.name", "Y3-1"),
    ("dated = 2006-02-13", 'dated = "2006"', "ordinance.dated", None),
    ('text = "yeongdeungpo-2006.txt"', 'text = "other.txt"', "ordinance.text", None),
]

BAD_IN_OSAN = [
    ("identity_online = false", "identity_online = true", "complaints.identity_online", "O9-1"),
    ("password_days_max = 90", "password_days_max = 400", "officials.password_days_max", "O19"),
    ('changes = "daily"', 'changes = "often"', "backup.changes", "O18-2"),
    ("yearly_round = true", "yearly = true", "opinions.yearly_round", "O4"),
    ("nth_visitor = true", 'nth_visitor = "yes"', "prizes.nth_visitor", "O13bis-1"),
]


def refused(tmp_path: Path, text: str) -> ProfileError:
    file = tmp_path / "third.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load(file)
    assert str(caught.value).startswith("third.toml: ")
    return caught.value


@pytest.mark.parametrize(("right", "wrong", "key", "clause"), BAD, ids=[row[2] for row in BAD])
def test_a_bad_profile_is_refused_by_file_key_and_clause(
    tmp_path: Path, right: str, wrong: str, key: str, clause: str | None
) -> None:
    assert right in YEONGDEUNGPO
    error = refused(tmp_path, YEONGDEUNGPO.replace(right, wrong, 1))
    assert (error.key, error.clause) == (key, clause)
    assert key in str(error)
    assert (clause or "no clause") in str(error)


@pytest.mark.parametrize(("right", "wrong", "key", "clause"), BAD_IN_OSAN)
def test_osan_s_clauses_are_named_in_osan_s_numbering(
    tmp_path: Path, right: str, wrong: str, key: str, clause: str
) -> None:
    error = refused(tmp_path, OSAN.replace(right, wrong, 1))
    assert (error.key, error.clause) == (key, clause)


def test_messages_need_mileage_and_mileage_needs_messages(tmp_path: Path) -> None:
    start, end = YEONGDEUNGPO.index("[messages]"), YEONGDEUNGPO.index("[complaints]")
    without = YEONGDEUNGPO[:start] + YEONGDEUNGPO[end:]
    error = refused(tmp_path, without)
    assert (error.key, error.clause) == ("messages", "Y15-4")


def test_osan_s_ordinance_gives_no_mileage(tmp_path: Path) -> None:
    start, end = YEONGDEUNGPO.index("[mileage]"), YEONGDEUNGPO.index("[complaints]")
    error = refused(tmp_path, OSAN + YEONGDEUNGPO[start:end])
    assert (error.key, error.clause) == ("mileage", "O13")


@pytest.mark.parametrize("text", ["[district", "\x00", ""])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, text: str) -> None:
    refused(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.toml: \(file\) .*no such file"):
        load(tmp_path / "none.toml")


def test_table_1_of_yeongdeungpo_is_what_the_ordinance_says() -> None:
    (edition,) = load(path_of("yeongdeungpo"))
    mileage = edition.profile.mileage
    assert mileage is not None
    rules = ("join", "existing", "login", "proposer", "survey")
    assert [mileage.award.points(rule) for rule in rules] == [500, 500, 30, 1000, 200]
    assert mileage.award.participant.tiers == ((100, 1000), (50, 500), (10, 100))
    assert (mileage.spend.sms.points, mileage.spend.fax.points) == (30, 50)
    with pytest.raises(KeyError):
        mileage.award.points("participant")


def test_osan_has_no_mileage_and_no_messages() -> None:
    (edition,) = load(path_of("osan"))
    assert not edition.profile.has_mileage
    assert not edition.profile.has_messages
    assert edition.profile.removal.by == ("informatics",)
    assert edition.profile.opinions.yearly_round


def test_the_profile_in_use_stays_when_another_is_refused(tmp_path: Path) -> None:
    service.use("osan")
    file = tmp_path / "bad.toml"
    file.write_text("[district]", encoding="utf-8")
    with pytest.raises(ProfileError):
        service.use(file)
    assert service.profile().district.slug == "osan"


def test_a_profile_of_ones_own_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mapo.toml"
    file.write_text(YEONGDEUNGPO.replace("영등포 마당", "마포 마당"), encoding="utf-8")
    assert service.use(file).district.app_name == "마포 마당"


CHANGE = """
[[change]]
from = 2027-01-01
basis = "영등포구 규칙 제1210호"
[change.set.mileage.spend.sms]
points = 40
[[change]]
from = 2027-07-01
basis = "영등포구 규칙 제1290호"
[change.set.complaints]
other_period = "5d"
"""


def test_a_change_takes_effect_from_its_day_and_the_old_value_stays_on_record(
    tmp_path: Path,
) -> None:
    file = tmp_path / "changed.toml"
    file.write_text(YEONGDEUNGPO + CHANGE, encoding="utf-8")
    service.use(file)

    def on(day: str) -> tuple[int, str]:
        rule = service.profile(date.fromisoformat(day))
        assert rule.mileage is not None
        return rule.mileage.spend.sms.points, rule.complaints.other_period

    assert on("2026-12-31") == (30, "7d")
    assert on("2027-01-01") == (40, "7d")
    assert on("2027-06-30") == (40, "7d")
    assert on("2027-07-01") == (40, "5d")
    first, second, third = service.editions()
    assert (first.since, first.changed) == (None, ())
    assert (second.since, second.changed) == (date(2027, 1, 1), ("mileage.spend.sms.points",))
    assert third.basis == "영등포구 규칙 제1290호"


@pytest.mark.parametrize(
    ("right", "wrong", "key", "clause"),
    [
        ("points = 40", "points = 0", "change 1: mileage.spend.sms.points", "Y15-4"),
        ("points = 40", "price = 40", "change 1: mileage.spend.sms.price", "Y15-4"),
        ("from = 2027-07-01", "from = 2026-07-01", "change 2: from", "Y25"),
        ("from = 2027-01-01", 'from = "soon"', "change 1: from", "Y25"),
        ('basis = "영등포구 규칙 제1210호"\n', "", "change 1", "Y25"),
        ('"영등포구 규칙 제1210호"', '""', "change 1: basis", "Y25"),
    ],
)
def test_a_bad_change_is_refused(
    tmp_path: Path, right: str, wrong: str, key: str, clause: str
) -> None:
    error = refused(tmp_path, YEONGDEUNGPO + CHANGE.replace(right, wrong, 1))
    assert (error.key, error.clause) == (key, clause)


def test_every_key_of_mileage_names_a_clause() -> None:
    for key in ("spend", "budget", "opening", "award"):
        assert loading.clause_of(("mileage", key), "Y") in {"Y15-3", "Y15-4"}


@pytest.mark.parametrize("slug", ["yeongdeungpo", "osan"])
def test_what_readers_of_english_see_has_its_english(slug: str) -> None:
    (edition,) = load(path_of(slug))
    profile = edition.profile
    assert profile.privacy.department_en
    assert all(line.line_en for line in profile.mileage.budget) if profile.mileage else True
