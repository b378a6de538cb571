"""The catalogue that comes with the program."""

from server.catalogue import rules
from server.catalogue import service as catalogue
from server.ordinance.service import Profile


def test_the_catalogue_can_be_read_and_is_whole() -> None:
    rows = catalogue.written()
    assert len(rows["kind"]) >= 30
    assert len(rows["topic"]) >= 15
    for table in ("kind", "topic"):
        slugs = [row["slug"] for row in rows[table]]
        assert len(slugs) == len(set(slugs))
    assert catalogue.departments_named() >= {"civil-affairs", "roads", "parking"}


def test_the_categories_are_those_of_the_profile() -> None:
    complaints = Profile.model_fields["complaints"].annotation
    assert complaints is not None
    approvals = complaints.model_fields["approvals"].annotation
    assert set(rules.CATEGORIES) == set(approvals.model_fields)
