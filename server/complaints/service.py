"""The door of complaints: what pages, timers, the demo and other slices may ask for.

Filing and handling are one transaction a function; reading gives each reader what is theirs.
"""

from server.complaints.acting import Changed
from server.complaints.counting import Cohort, cohorts
from server.complaints.desk_lists import Tab, Work, WorkPage, first_tab, search, work
from server.complaints.filing import Filing, Stranger, file
from server.complaints.guard import Telltale
from server.complaints.guests import opened_by
from server.complaints.handling import (
    Result,
    accept,
    ask_supplement,
    assign,
    complete,
    give_supplement,
    handlers_of,
    note,
    reclassify,
    set_public,
    withdraw,
)
from server.complaints.lists import Listed, Own, Page, of_applicant, public_list
from server.complaints.photos import bytes_of, stage, still_staged
from server.complaints.public_reading import Published, Wanted, published, published_one
from server.complaints.reading import Reading, photo_key, read, read_at_desk
from server.complaints.rules import Place

__all__ = [
    "Changed",
    "Cohort",
    "Filing",
    "Listed",
    "Own",
    "Page",
    "Place",
    "Published",
    "Reading",
    "Result",
    "Stranger",
    "Tab",
    "Telltale",
    "Wanted",
    "Work",
    "WorkPage",
    "accept",
    "ask_supplement",
    "assign",
    "bytes_of",
    "cohorts",
    "complete",
    "file",
    "first_tab",
    "give_supplement",
    "handlers_of",
    "note",
    "of_applicant",
    "opened_by",
    "photo_key",
    "public_list",
    "published",
    "published_one",
    "read",
    "read_at_desk",
    "reclassify",
    "search",
    "set_public",
    "stage",
    "still_staged",
    "withdraw",
    "work",
]
