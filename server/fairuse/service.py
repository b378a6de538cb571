"""The door of fair use: what messages, the worker and the command line may ask for (Y15-4)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from server import config
from server.core import clock
from server.fairuse import review_rules
from server.fairuse.codes import CODE
from server.fairuse.codes import over as codes_over
from server.fairuse.counting import give_back, spend, used
from server.fairuse.leaving import Hindrance, Leaving, hindrances, same_number
from server.fairuse.review_rules import Finding, Ground, Verdict, grounds_of
from server.fairuse.rules import (
    Kind,
    ad_faults,
    claims_to_be_an_ad,
    fair_use,
    is_quiet,
    quiet_until,
    quiet_words,
    wants_out,
)
from server.fairuse.senders import TOLD as SENDER_DECIDED
from server.fairuse.senders import Sender, forget_account, is_the_district_s, sender_of
from server.fairuse.stopping import (
    STOPPED,
    Stopped,
    latest,
    must_be_sending,
    notice,
    resume,
    sending_stopped,
    stop,
    stopped,
)
from server.fairuse.suppressing import opted_out, suppressed
from server.ordinance import service as ordinance

GROUND_WORDS = review_rules.WORDS

__all__ = [
    "CODE",
    "GROUND_WORDS",
    "SENDER_DECIDED",
    "STOPPED",
    "Finding",
    "Ground",
    "Hindrance",
    "Kind",
    "Leaving",
    "Sender",
    "Stopped",
    "Verdict",
    "ad_faults",
    "claims_to_be_an_ad",
    "codes_over",
    "fair_use",
    "forget_account",
    "give_back",
    "grounds_of",
    "heard",
    "hindrances",
    "is_quiet",
    "is_the_district_s",
    "judged",
    "latest",
    "must_be_sending",
    "notice",
    "opted_out",
    "quiet_until",
    "quiet_words",
    "resume",
    "same_number",
    "sender_of",
    "sending_stopped",
    "spend",
    "stop",
    "stopped",
    "suppressed",
    "used",
]


def judged(texts: Sequence[str]) -> Verdict:
    """What of a resident's texts an official is to look at before they go out."""
    hosts = {urlsplit(config.settings().public_url).hostname or ""}
    verdicts = [review_rules.judge(text, hosts) for text in texts]
    every = (finding for verdict in verdicts for finding in verdict.findings)
    return Verdict(tuple(dict.fromkeys(every)))


async def heard(number: str, text: str) -> bool:
    """Take an inbound message: one of the profile's words opts its writer out; whether it did."""
    fair = fair_use(ordinance.profile(clock.today()))
    return wants_out(text, fair.opt_out_words) and await opted_out(number, "keyword")
