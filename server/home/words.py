"""The office's words, told plainly: what a resident meets in a page and may not have met before.

Each has an address of its own (`/words#supplement`), so that a page leads to it in one tap. What is
said of periods and rights is what the Civil Petitions Treatment Act and its Decree say.
"""

from dataclasses import dataclass
from typing import Final

from server.core.i18n import N_


@dataclass(frozen=True, slots=True)
class Word:
    """A word (a msgid) under its anchor, what it means, sentence by sentence (msgids), and where
    more of it is to be read."""

    anchor: str
    term: str
    says: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Words that are met together."""

    title: str
    words: tuple[Word, ...]


GROUPS: Final = (
    Group(
        N_("민원을 내고 처리하는 동안"),
        (
            Word(
                "complaint",
                N_("민원"),
                (
                    N_("구청에 무엇을 해 달라고 하는 일입니다."),
                    N_("불편 신고, 허가 신청, 질문, 건의가 모두 민원입니다."),
                ),
            ),
            Word(
                "accept",
                N_("접수"),
                (N_("구청이 민원을 정식으로 받는 것입니다."), N_("이때부터 처리 기한을 셉니다.")),
            ),
            Word(
                "number",
                N_("접수번호"),
                (
                    N_("민원마다 하나씩 있는 번호입니다."),
                    N_("전화로 물어볼 때 이 번호를 말하면 됩니다."),
                ),
            ),
            Word("assign", N_("배정"), (N_("어느 부서의 누가 처리할지 정하는 것입니다."),)),
            Word(
                "transfer",
                N_("이송"),
                (
                    N_("다른 기관이 할 일이어서 그 기관으로 민원을 넘기는 것입니다."),
                    N_("다시 내지 않아도 됩니다."),
                ),
            ),
            Word(
                "supplement",
                N_("보완하기"),
                (
                    N_("빠진 내용이나 서류를 더 내는 것입니다."),
                    N_("더 낼 때까지 처리 기간은 멈춰 있습니다."),
                ),
            ),
            Word(
                "due",
                N_("처리 기한"),
                (
                    N_("언제까지 처리해야 하는지 미리 정해 둔 때입니다."),
                    N_("며칠로 정한 기한은 쉬는 날을 빼고 셉니다."),
                ),
            ),
            Word(
                "extend",
                N_("처리 기한 연장"),
                (
                    N_("정한 기한 안에 처리하기 어려워 기한을 뒤로 미루는 것입니다."),
                    N_("까닭과 새 기한을 알려 드립니다."),
                ),
            ),
            Word(
                "withdraw",
                N_("민원 취하"),
                (
                    N_("낸 민원을 스스로 거두는 것입니다."),
                    N_("되돌릴 수 없지만 다시 낼 수는 있습니다."),
                ),
            ),
        ),
    ),
    Group(
        N_("결과를 받은 뒤"),
        (
            Word(
                "application",
                N_("법정민원"),
                (N_("허가나 등록처럼 법이 조건과 절차를 정해 둔 민원입니다."),),
            ),
            Word(
                "refuse",
                N_("거부"),
                (
                    N_("신청한 것을 해 드리지 않기로 한 결과입니다."),
                    N_("이유와 다음에 할 수 있는 일을 함께 알려 드립니다."),
                ),
            ),
            Word(
                "return",
                N_("반려"),
                (N_("처리하지 않고 민원을 돌려보내는 것입니다."), N_("이유를 함께 알려 드립니다.")),
            ),
            Word(
                "objection",
                N_("이의신청"),
                (
                    N_("법정민원이 거부되었을 때 다시 살펴 달라고 하는 것입니다."),
                    N_("결과를 받은 날부터 60일 안에 할 수 있습니다."),
                ),
            ),
            Word(
                "reopen",
                N_("재처리 요청"),
                (N_("처리가 끝났지만 아직 그대로일 때 다시 처리해 달라고 하는 것입니다."),),
            ),
            Word(
                "correction",
                N_("시정 요구"),
                (
                    N_("접수를 미루거나 필요 없는 서류를 내라고 하거나 기한이 지났을 때 합니다."),
                    N_("민원 담당 부서와 민원심사관이 바로잡습니다."),
                ),
            ),
            Word(
                "appeal",
                N_("행정심판"),
                (
                    N_("구청의 결정이 맞는지 다른 기관이 살펴 판단하는 절차입니다."),
                    N_("이의신청을 하지 않아도 할 수 있습니다."),
                ),
            ),
        ),
    ),
    Group(
        N_("서류와 개인정보"),
        (
            Word(
                "personal",
                N_("개인정보"),
                (
                    N_("이름, 연락처, 얼굴처럼 누구인지 알 수 있는 정보입니다."),
                    N_("공개하는 민원에서는 가립니다."),
                ),
                "/privacy",
            ),
            Word(
                "verify",
                N_("본인확인"),
                (
                    N_("신분증으로 본인인 것을 구청 창구에서 한 번 확인하는 것입니다."),
                    N_("어떤 민원과 서비스는 그다음에 쓸 수 있습니다."),
                ),
            ),
            Word(
                "mandate",
                N_("위임장"),
                (N_("다른 사람에게 내 일을 맡긴다고 적고 서명한 서류입니다."),),
            ),
            Word(
                "perusal",
                N_("공람"),
                (N_("결정하기 전에 서류를 누구나 볼 수 있게 두고 의견을 듣는 것입니다."),),
            ),
            Word(
                "signatures",
                N_("연명부"),
                (N_("같은 민원을 함께 내는 사람들의 이름을 모은 것입니다."),),
            ),
            Word(
                "fee", N_("수수료"), (N_("서류를 떼거나 허가를 신청할 때 내는 돈입니다."),), "/pay"
            ),
        ),
    ),
    Group(
        N_("사람과 부서"),
        (
            Word(
                "handler",
                N_("담당자"),
                (
                    N_("내 민원을 처리하는 공무원입니다."),
                    N_("자리를 비우면 다른 공무원이 대신합니다."),
                ),
            ),
            Word("approval", N_("결재"), (N_("답변이 나가기 전에 책임자가 확인하는 것입니다."),)),
            Word(
                "examiner",
                N_("민원심사관"),
                (
                    N_("민원이 기한 안에 처리되는지 살피는 공무원입니다."),
                    N_("늦어지면 재촉합니다."),
                ),
            ),
        ),
    ),
)
