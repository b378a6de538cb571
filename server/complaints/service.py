"""The door of complaints: what pages, timers, the demo and other slices may ask for.

Filing and handling are one transaction a function; reading gives each reader what is theirs.
"""

from server.complaints.acts.acting import Changed
from server.complaints.answers.addressed import Addressed, Posting, addressed
from server.complaints.answers.answering import Result, approve, complete, send_back, take_back
from server.complaints.answers.letters import post_waiting as post_letters
from server.complaints.arrival.filing import Filing, Stranger, file
from server.complaints.arrival.guests import opened_by
from server.complaints.arrival.photos import bytes_of, stage, still_staged
from server.complaints.behalf.rules import ForWhom
from server.complaints.desk.lists import Tab, Work, WorkPage, first_tab, search, work
from server.complaints.desk.memos import write as write_memo
from server.complaints.desk.overseen import LATE_MAX, Late, MonthOf, late_cases, month_of
from server.complaints.disclosure.disclosing import set_public
from server.complaints.disclosure.guard import Telltale
from server.complaints.faxes.sample import ring
from server.complaints.handling.accepting import accept, reclassify
from server.complaints.handling.adding import More, add
from server.complaints.handling.assigning import assign, handlers_of, transfer
from server.complaints.handling.cooperating import (
    answer_cooperation,
    ask_cooperation,
    end_cooperation,
)
from server.complaints.handling.extending import ask_consent, consent, decline, extend
from server.complaints.handling.mending import agree_mend, propose_mend, reject_mend
from server.complaints.handling.noting import note
from server.complaints.handling.pausing import (
    await_documents,
    begin_inquiry,
    end_inquiry,
    prolong_inquiry,
    receive_documents,
)
from server.complaints.handling.supplementing import (
    ask_more_time,
    ask_supplement,
    deem_withdrawn,
    give_supplement,
    record_undelivered,
)
from server.complaints.handling.withdrawing import withdraw
from server.complaints.redress.objecting import object_to
from server.complaints.redress.rating import rate
from server.complaints.redress.reading import count_waiting as redress_waiting
from server.complaints.rules import Place, tidy
from server.complaints.showing.counting import Cohort, cohorts
from server.complaints.showing.lists import Listed, Own, Page, of_applicant, public_list
from server.complaints.showing.public_reading import Published, Wanted, published, published_one
from server.complaints.showing.reading import Reading, photo_key, read, read_at_desk
from server.complaints.together.merging import merge, represent
from server.complaints.together.rules import Signer

__all__ = [
    "LATE_MAX",
    "Addressed",
    "Changed",
    "Cohort",
    "Filing",
    "ForWhom",
    "Late",
    "Listed",
    "MonthOf",
    "More",
    "Own",
    "Page",
    "Place",
    "Posting",
    "Published",
    "Reading",
    "Result",
    "Signer",
    "Stranger",
    "Tab",
    "Telltale",
    "Wanted",
    "Work",
    "WorkPage",
    "accept",
    "add",
    "addressed",
    "agree_mend",
    "answer_cooperation",
    "approve",
    "ask_consent",
    "ask_cooperation",
    "ask_more_time",
    "ask_supplement",
    "assign",
    "await_documents",
    "begin_inquiry",
    "bytes_of",
    "cohorts",
    "complete",
    "consent",
    "decline",
    "deem_withdrawn",
    "end_cooperation",
    "end_inquiry",
    "extend",
    "file",
    "first_tab",
    "give_supplement",
    "handlers_of",
    "late_cases",
    "merge",
    "month_of",
    "note",
    "object_to",
    "of_applicant",
    "opened_by",
    "photo_key",
    "post_letters",
    "prolong_inquiry",
    "propose_mend",
    "public_list",
    "published",
    "published_one",
    "rate",
    "read",
    "read_at_desk",
    "receive_documents",
    "reclassify",
    "record_undelivered",
    "redress_waiting",
    "reject_mend",
    "represent",
    "ring",
    "search",
    "send_back",
    "set_public",
    "stage",
    "still_staged",
    "take_back",
    "tidy",
    "transfer",
    "withdraw",
    "work",
    "write_memo",
]
