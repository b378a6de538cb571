"""The second grievance of the same content goes to the audit department by itself (D17(2))."""

from server.accounts import service as accounts
from server.complaints.acts import noticing
from server.complaints.acts.acting import Act
from server.complaints.together import repeats


async def refer(act: Act, category: str) -> None:
    """At classification: give it to the audit department, if it is such a one."""
    department = await repeats.refer_to_audit(act.complaint, category, act.now)
    if department is not None:
        act.changes |= {"department_id": department, "handler_id": None}
        act.facts["audit"] = department


async def tell(act: Act) -> None:
    """After the act: tell the audit department, and the applicant who has it now."""
    if "audit" not in act.facts:
        return
    told = set(await accounts.officials_with("audit"))
    told |= set(await accounts.officials_of(int(act.facts["audit"])))
    link = f"/desk/complaints/{act.complaint.number}"
    await noticing.tell(told - {act.actor.account_id}, "complaint.to_audit", link, act.complaint)
    await noticing.tell_applicant(act.complaint, "complaint.audited")
