"""Which texts of residents are looked at by an official before they go out (Y15-4). Pure.

Held, never refused by a machine: advertisements (Network Act 50), election campaigning (Public
Official Election Act 59 and 93), and what smishing is made of: links, domains and telephone numbers
that are written so as to look like others.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from server.core.i18n import N_
from server.fairuse import lookalike_rules


class Ground(StrEnum):
    """Why somebody looks at a text."""

    AD = "ad"
    ELECTION = "election"
    LINK = "link"
    DOMAIN = "domain"
    NUMBER = "number"


WORDS: Final = {
    Ground.AD: N_("광고처럼 보이는 말"),
    Ground.ELECTION: N_("선거운동처럼 보이는 말"),
    Ground.LINK: N_("인터넷 주소"),
    Ground.DOMAIN: N_("다른 주소처럼 보이게 쓴 인터넷 주소"),
    Ground.NUMBER: N_("알아보기 어렵게 쓴 전화번호"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A ground, and the words that gave it."""

    ground: Ground
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be looked at; nothing: the order may go."""

    findings: tuple[Finding, ...] = ()

    @property
    def passes(self) -> bool:
        return not self.findings

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Each ground once, in the order of `Ground`."""
        return tuple(ground for ground in Ground if any(f.ground is ground for f in self.findings))

    @property
    def code(self) -> str:
        """The grounds as an order keeps them: `ad,link`."""
        return ",".join(self.grounds)


def grounds_of(code: str) -> tuple[Ground, ...]:
    """The grounds that `Verdict.code` names."""
    return tuple(Ground(each) for each in code.split(",") if each)


def judge(text: str, own_hosts: Collection[str] = ()) -> Verdict:
    """What of a text is to be looked at. `own_hosts` are the office's own, which may be linked."""
    return Verdict(tuple(dict.fromkeys(_findings(text, own_hosts))))


def _findings(text: str, own_hosts: Collection[str]) -> Iterator[Finding]:
    plain = _plain(text)
    for ground, sure, likely in (
        (Ground.AD, SURELY_AD, LIKELY_AD),
        (Ground.ELECTION, SURELY_ELECTION, LIKELY_ELECTION),
    ):
        found = [match[0] for pattern in sure for match in pattern.finditer(plain)]
        weak = [match[0] for pattern in likely if (match := pattern.search(plain))]
        if not found and len(weak) >= TOGETHER:
            found = weak
        yield from (Finding(ground, words) for words in found)
    for address in lookalike_rules.addresses(text):
        if address.looks_like_another:
            yield Finding(Ground.DOMAIN, address.words)
        elif not lookalike_rules.is_ours(address.host, own_hosts):
            yield Finding(Ground.LINK, address.words)
    for words in lookalike_rules.disguised_numbers(text):
        yield Finding(Ground.NUMBER, words)


# --- the tables ---------------------------------------------------------------------------------

TOGETHER: Final = 2
"""So many different likely words make a text worth a look; one alone is everybody's speech."""


def _words(*patterns: str) -> tuple[re.Pattern[str], ...]:
    # Signs and blanks between the syllables (광.고, 할 인) do not help: `~` stands for them.
    return tuple(re.compile(pattern.replace("~", r"[\W_]{0,2}"), re.I) for pattern in patterns)


SURELY_AD: Final = _words(
    r"[(\[<{]\W{0,2}광~고\W{0,2}[)\]>}]",
    r"^\W{0,3}광~고\s?[)\]>}:]",
    r"무~료~(?:수~신~)?거~부",
    r"수~신~거~부\W{0,5}0?80",
    r"080\W?\d{3,4}\W?\d{4}",
    r"(?<!\d)060\W?\d{3,4}\W?\d{4}",
    r"당~일~대~출|대~출~(?:상~담|가~능|한~도|승~인)|저~금~리~대~출|급~전|일~수~대~출",
    r"카~지~노|바~카~라|토~토~사~이~트|슬~롯|홀~덤|사~설~토~토",
    r"리~딩~방|급~등~주|수~익~(?:보~장|률)|원~금~보~장|투~자~(?:문~의|상~담|설~명~회)",
    r"조~건~만~남|성~인~용~품|비~아~그~라|시~알~리~스",
    r"\d{1,2}\s*%\s*(?:할~인|세~일|DC|OFF)",
    r"(?:특~별|반~짝|파~격|폭~탄)~(?:할~인|세~일|가)",
    r"분~양~(?:중|문~의|가|개~시)|모~델~하~우~스",
    r"당~첨~(?:되~셨|을~축하|축~하)|상~품~권~(?:증~정|지~급)",
)
LIKELY_AD: Final = _words(
    r"할~인|세~일(?!즈)|\bsale\b",
    r"특~가|최~저~가|초~특~가|반~값",
    r"쿠~폰|적~립~금|포~인~트~지~급|사~은~품|경~품|증~정",
    r"이~벤~트|프~로~모~션|기~획~전|오~픈~기~념",
    r"무~료~(?:상~담|체~험|견~적|증~정)|상~담~문~의|문~의~(?:전~화|환~영|바~랍)",
    r"구~매|주~문~(?:하|받)|판~매|납~품|도~매|공~동~구~매|공~구",
    r"한~정~(?:수~량|판~매)|선~착~순|마~감~임~박|품~절",
    r"신~규~(?:회~원|고~객|가~입)|회~원~(?:모~집|권)|수~강~생~모~집|원~생~모~집",
    r"가~격|만\s*원|\d,\d{3}\s*원|\d만\s*\d*천?\s*원",
    r"1\s*\+\s*1|2\s*\+\s*1",
    r"대~출|보~험~(?:가~입|상~담)|투~자|재~테~크|비~트~코~인|코~인",
)
SURELY_ELECTION: Final = _words(
    r"선~거~운~동~정~보",
    r"예~비~후~보",
    r"기~호\s*\d{1,2}\s*번",
    r"기~호\s*[일이삼사오육칠팔구]~번",
    r"(?:지~지|투~표|선~택|응~원)(?:를|을)?\s*(?:를|을)?\s*(?:부~탁|호~소)",
    r"소~중~한\s*한\s*표|귀~중~한\s*한\s*표|한\s*표를?\s*(?:부~탁|주)",
    r"(?:구~청~장|시~장|도~지~사|군~수|대~통~령|국~회~의~원|구~의~원|시~의~원|교~육~감)\s*후~보",
    r"찍~어\s*(?:주~세~요|주~십~시~오|주~시)|뽑~아\s*(?:주~세~요|주~십~시~오)",
    r"(?:공~천|경~선)\s*(?:여~론~조~사|투~표|지~지)",
)
LIKELY_ELECTION: Final = _words(
    r"후~보(?!지)",
    r"선~거|총~선|대~선|지~선|재~보~궐",
    r"투~표",
    r"당~선|낙~선|출~마|공~천|경~선",
    r"지~지",
    r"공~약|유~세|캠~프",
    r"(?:더불어)?민주당|국민의힘|정의당|조국혁신당|개혁신당|진보당|기본소득당",
)


def _plain(text: str) -> str:
    """The text as it is read: full-width signs plain, what nobody sees left out."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(each for each in folded if unicodedata.category(each) not in {"Cf", "Mn", "Me"})
