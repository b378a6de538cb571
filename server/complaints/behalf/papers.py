"""The mandate (위임장) as a form to sign, blank or filled in from a case; and the letter that tells
somebody of what was filed for them (Y18)."""

from server import config
from server.complaints.behalf.principals import Seen
from server.complaints.showing.reading import Reading, named
from server.core import i18n
from server.core.i18n import N_, gettext
from server.documents.service import KINDS, Fact, Paper, Section
from server.ordinance import service as ordinance

PRINCIPAL = N_("본인(부탁한 분)")
AGENT = N_("대리인(대신 신청하는 분)")
TEXT = N_(
    "본인은 위의 대리인에게 위에 적은 민원의 신청과 보완, 처리 결과를 받는 일을 맡깁니다.\n\n"
    "본인이 직접 서명하거나 도장을 찍어 주세요. 서명한 위임장은 사진으로 찍어 신청할 때 붙이거나, "
    "나중에 민원 화면에서 낼 수 있습니다. 다른 사람의 위임장을 거짓으로 만들면 처벌받을 수 "
    "있습니다."
)
TOLD = N_(
    "%(applicant)s 님이 %(when)s에 %(name)s 님을 대신해 아래 민원을 신청했다고 알려 왔습니다.\n\n"
    "부탁하신 일이면 하실 것이 없습니다. 모르는 일이거나 그만두게 하시려면 담당 부서에 "
    "전화하시거나, 누리집의 '나를 대신한 신청'(%(address)s)에 접수번호와 아래 "
    "확인번호를 적어 알려 주세요.\n\n"
    "확인번호: %(code)s"
)


def blank(service: str = "") -> Paper:
    """A mandate to be filled in by hand, for a service if one is named."""
    return _mandate("", "", "", "", "", service)


def filled(found: Reading, seen: Seen) -> Paper:
    """The mandate of a case, with what is known of it."""
    assert found.applicant is not None
    matter = f"{found.title} ({found.number})"
    return _mandate(
        seen.name,
        seen.phone or "",
        seen.address or "",
        found.applicant.name,
        found.applicant.phone or "",
        matter,
        gettext(seen.relation),
    )


def told(found: Reading, seen: Seen, code: str) -> Paper:
    """The letter to the principal: what was filed, by whom, and how to object."""
    assert found.applicant is not None
    words = gettext(
        TOLD,
        applicant=found.applicant.name,
        when=i18n.datetime_text(found.filed_at),
        name=seen.name,
        address=f"{config.settings().public_url}/complaints/behalf",
        code=code,
    )
    district = ordinance.profile().district
    office = named(district.office, district.office_en)
    phone = found.department.phone if found.department else district.phone
    lines = [line.strip() for line in (seen.address or "").splitlines() if line.strip()]
    title = gettext(N_("나를 대신한 신청"))
    return Paper(
        kind="notice",
        number=found.number,
        language=i18n.locale(),
        title=gettext(KINDS["notice"]),
        office=office,
        facts=((gettext(N_("신청번호")), found.number), (gettext(N_("제목")), found.title)),
        sections=(Section(title, words),),
        contact=((gettext(N_("전화")), phone),),
        sender=named(district.mayor, district.mayor_en),
        department=office,
        addressee=(*lines, gettext(N_("%(name)s 님"), name=seen.name)),
    )


def _mandate(
    name: str,
    phone: str,
    address: str,
    agent: str,
    agent_phone: str,
    matter: str,
    relation: str = "",
) -> Paper:
    district = ordinance.profile().district
    birth, tel, where = N_("생년월일"), N_("전화"), N_("주소")
    facts: tuple[Fact, ...] = tuple(
        (gettext(label), value)
        for label, value in (
            (PRINCIPAL, name),
            (birth, ""),
            (tel, phone),
            (where, address),
            (AGENT, agent),
            (birth, ""),
            (tel, agent_phone),
            (N_("본인과의 관계"), relation),
            (N_("맡기는 민원"), matter),
        )
    )
    office = named(district.office, district.office_en)
    return Paper(
        kind="mandate",
        number="",
        language=i18n.locale(),
        title=gettext(N_("위임장")),
        office=office,
        facts=facts,
        sections=(Section(gettext(N_("맡기는 일")), gettext(TEXT)),),
        contact=((gettext(N_("본인 서명")), ""),),
        sender=gettext(N_("%(mayor)s 귀하"), mayor=named(district.mayor, district.mayor_en)),
        department=office,
    )
