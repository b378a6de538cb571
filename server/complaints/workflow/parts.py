"""The parts of the workflow's table: acts, capacities, who is told, and what a row says."""

from dataclasses import dataclass
from enum import StrEnum

from server.complaints.workflow.states import State


class Action(StrEnum):
    """What can be done to a complaint."""

    CHARGE = "charge"
    CONFIRM_PAYMENT = "confirm_payment"
    REASK_PAYMENT = "reask_payment"  # the payment was matched by mistake, before acceptance
    MISS_PAYMENT = "miss_payment"  # and after it: receipt stands (Act 9)
    LAPSE = "lapse"
    ACCEPT = "accept"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    TRANSFER = "transfer"
    NOTE = "note"
    RECLASSIFY = "reclassify"
    ASK_COOPERATION = "ask_cooperation"
    ANSWER_COOPERATION = "answer_cooperation"
    END_COOPERATION = "end_cooperation"
    AWAIT_DOCUMENTS = "await_documents"
    RECEIVE_DOCUMENTS = "receive_documents"
    ASK_SUPPLEMENT = "ask_supplement"
    GIVE_SUPPLEMENT = "give_supplement"
    ASK_MORE_TIME = "ask_more_time"
    RECORD_UNDELIVERED = "record_undelivered"
    DEEM_WITHDRAWN = "deem_withdrawn"
    BEGIN_INQUIRY = "begin_inquiry"
    PROLONG_INQUIRY = "prolong_inquiry"
    END_INQUIRY = "end_inquiry"
    EXTEND = "extend"
    ASK_CONSENT = "ask_consent"
    CONSENT = "consent"
    DECLINE = "decline"
    PROPOSE_MEND = "propose_mend"
    AGREE_MEND = "agree_mend"
    REJECT_MEND = "reject_mend"
    DRAFT = "draft"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    COMPLETE = "complete"
    MOVE_DUE = "move_due"
    WITHDRAW = "withdraw"
    ADD = "add"  # words and photos of the applicant that nobody asked for
    CONCEAL = "conceal"
    REVEAL = "reveal"
    HIDE = "hide"  # the office closes it to the public, with a reason
    SHOW = "show"  # and opens it again, where the applicant wishes it public
    COVER = "cover"  # and covers more of it
    OBJECT = "object"  # 이의신청 (Act 35)
    EXTEND_OBJECTION = "extend_objection"
    DECIDE_OBJECTION = "decide_objection"
    DEMAND = "demand"  # 시정 요구 (D18)
    ANSWER_DEMAND = "answer_demand"
    ASK_REOPENING = "ask_reopening"  # 재처리 요청
    DECIDE_REOPENING = "decide_reopening"
    LEAD = "lead"  # others are received as one with it (D6(7))
    MERGE = "merge"  # it is received as one with another
    SIGN = "sign"  # an enclosure of signatures (연명부)
    REPRESENT = "represent"  # representatives (D8)
    MEDIATE = "mediate"  # the mediation committee has dealt with it (D26)
    MARK = "mark"  # insults are marked, and covered for all (D4)
    ADMONISH = "admonish"  # a warning is sent (D11-2)


class Hat(StrEnum):
    """In what capacity somebody stands before one complaint. One person may wear several."""

    APPLICANT = "applicant"
    COMPLAINTS = "complaints"  # the complaints department supervises all (Y10-2)
    HEAD = "head"  # of the department that has it
    TEAM_HEAD = "team_head"  # in the department that has it
    HANDLER = "handler"  # an official of the department that has it
    COOPERATOR = "cooperator"  # an official of a department that was asked to co-operate
    READER = "reader"  # examiner and audit: read all, change nothing
    DISCLOSURE = "disclosure"  # who manages disclosure, by the profile (Y10-2)
    SYSTEM = "system"  # nobody: what time, money and the calendar bring about


class Party(StrEnum):
    """Who is told."""

    APPLICANT = "applicant"
    HANDLER = "handler"  # the handler, or while there is none the department's officials
    DEPARTMENT = "department"
    COOPERATORS = "cooperators"  # officials of the departments that are asked to co-operate
    APPROVER = "approver"  # who must approve the answer next
    COMPLAINTS = "complaints"


class Then(StrEnum):
    """Where an act leads, if not to one state whatever was before."""

    STAY = "stay"
    WORK = "work"  # what is at hand is in progress; what waits goes on waiting
    RESUME = "resume"  # back to what it still waits for, or else to work


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the workflow: from where to where, by whom, with what, and who hears of it."""

    action: Action
    sources: frozenset[State]
    target: State | Then
    who: frozenset[Hat]
    needs: tuple[str, ...] = ()
    tells: tuple[tuple[Party, str], ...] = ()  # with the kind of the notification


OFFICE = frozenset({Hat.COMPLAINTS, Hat.HEAD, Hat.TEAM_HEAD, Hat.HANDLER})
MOVERS = frozenset({Hat.COMPLAINTS, Hat.HEAD})  # may send it out of the department
APPROVERS = frozenset({Hat.TEAM_HEAD, Hat.HEAD})
CLASSIFIERS = frozenset({Hat.COMPLAINTS})
COOPERATORS = frozenset({Hat.COOPERATOR})
APPLICANT = frozenset({Hat.APPLICANT})
DISCLOSURE = frozenset({Hat.DISCLOSURE})
SYSTEM = frozenset({Hat.SYSTEM})
CORRECTORS = frozenset({Hat.COMPLAINTS, Hat.READER})  # answer a demand for correction (D18)
