"""What a resident can do here, task by task, as somebody does it who goes by the names of things.

Each task is driven through a screen: one worked by keyboard alone, or one of 240 pixels whose
browser runs no scripts. What the main journey does is not done again: joining, verifying, filing
with a photo, SMS and fax (tests/journeys/test_main_journey.py).
"""

import re
import sqlite3
from collections.abc import Callable, Coroutine

from tests.journeys.screen import Screen
from tests.office import DEMO_PASSWORD, Office, Phone

CASE = re.compile(r'href="(/complaints/\d{4}-\d{6}-\d)"')
SECRET = "mangwon-gaeul-7-baram"

REFUSED = "FROM complaint_answer WHERE outcome = 'refused' LIMIT 1"
AS_REFUSED = f"""
UPDATE complaint SET kind_id = (
  SELECT kind_id FROM complaint WHERE id = (SELECT complaint_id {REFUSED})
) WHERE number = '%(number)s';
UPDATE complaint_answer SET outcome = 'refused',
  reasons = (SELECT reasons {REFUSED}), remedies = (SELECT remedies {REFUSED})
  WHERE complaint_id = (SELECT id FROM complaint WHERE number = '%(number)s');
"""
"""Makes of a completed complaint a statutory application that was refused, as the sample has one
of somebody else's: what leads there is walked elsewhere, by those who decide."""

type Task = Callable[[Screen, Office], Coroutine[None, None, None]]


class Narrow(Screen):
    """A small screen without scripts on which nothing lies beside the edge. What axe says of the
    same pages is asked in test_every_page."""

    async def look(self) -> None:
        width, room = await self.page.locator("html").evaluate(
            "(page) => [page.scrollWidth, page.clientWidth]"
        )
        assert width <= room, f"{self.page.url} is {width} wide on a screen of {room}"


async def said(screen: Screen, words: str) -> None:
    """The page says it."""
    text = await screen.text()
    assert words in text, f"{screen.page.url} does not say {words!r}: {text}"


async def case_that_leads_to(office: Office, act: str) -> str:
    """The resident's own case whose page has a link to that act."""
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        cases = dict.fromkeys(CASE.findall((await phone.get("/me/complaints")).text))
        for case in cases:
            if f'href="{case}/{act}"' in (await phone.get(case)).text:
                return case
    raise AssertionError(f"no case of the resident leads to {act}")


async def log_in(screen: Screen, office: Office) -> None:
    await screen.go("/")
    await screen.press("로그인", role="link")
    await screen.fill("아이디", "resident")
    await screen.fill("비밀번호", DEMO_PASSWORD)
    await screen.press("로그인")
    await screen.go("/me")
    await said(screen, "로그아웃")


async def search(screen: Screen, office: Office) -> None:
    await screen.go("/complaints")
    await screen.fill("찾기", "가로등")
    await screen.press("찾기")
    await said(screen, "찾은 민원")
    await said(screen, "가로등")


async def read_the_ordinance(screen: Screen, office: Office) -> None:
    await screen.go("/")
    await screen.press("근거 조례", role="link")
    await said(screen, "조례")
    await screen.go("/ordinance/Y16")
    await said(screen, "240")


async def find_out_how_to_apply(screen: Screen, office: Office) -> None:
    await screen.go("/services")
    await screen.click("main summary:has-text('생활 불편')")
    await screen.press("가로등·보안등 고장", role="link")
    await screen.press("신청하기", role="link")
    assert await screen.page.locator("main form textarea").count(), screen.page.url


async def file_without_an_account(screen: Screen, office: Office) -> None:
    """And open it again by its number and password."""
    await screen.go("/complaints/new")
    await screen.choose("[name=topic]", "other")
    await screen.fill("어디인가요", "문래로 94")
    await screen.fill("제목", "게시판이 비어 있습니다")
    await screen.write("[name=body]", "마을 게시판이 비어 있습니다. 무엇이라도 붙여 주세요.")
    await screen.write("[name=name]", "한가람")
    await screen.write("[name=phone]", "010-2345-6789")
    await screen.write("[name=password]", SECRET)
    await screen.press("신청하기")
    number = re.search(r"\d{4}-\d{6}-\d", await screen.text())
    assert number, await screen.text()
    await screen.context.clear_cookies()
    await screen.go("/complaints/find")
    await screen.fill("접수번호", number[0])
    await screen.write("[name=password]", SECRET)
    await screen.press("열기")
    await said(screen, "게시판이 비어 있습니다")


async def file_and_withdraw(screen: Screen, office: Office) -> None:
    await screen.go("/complaints/new")
    await screen.choose("[name=topic]", "other")
    await screen.fill("어디인가요", "도림로 15")
    await screen.fill("제목", "안내판 글씨가 지워졌습니다")
    await screen.write("[name=body]", "도림로 안내판의 글씨가 지워져 읽을 수 없습니다.")
    await screen.press("신청하기")
    await said(screen, "신청했습니다")
    await screen.press("내용·사진 더하기", role="link")
    await screen.fill("더하는 내용", "안내판은 주민센터 앞에 있습니다.")
    await screen.press("보내기")
    await screen.press("취하하기", role="link")
    await screen.press("취하하기")
    await said(screen, "취하")


async def supplement(screen: Screen, office: Office) -> None:
    await screen.go(await case_that_leads_to(office, "supplement"))
    await screen.press("보완하기", role="link")
    await screen.fill("더하는 내용", "말씀하신 것을 적습니다.")
    await screen.press("보내기")
    await said(screen, "말씀하신 것을 적습니다.")


async def object_to_a_refusal(screen: Screen, office: Office) -> None:
    case = await case_that_leads_to(office, "reopen")
    database = sqlite3.connect(office.database_url.removeprefix("sqlite://"), timeout=60)
    database.executescript(AS_REFUSED % {"number": case.rpartition("/")[2]})
    database.close()
    await screen.go(case)
    await screen.press("이의신청", role="link")
    await screen.fill("이의신청하는 이유", "현장을 다시 봐 주세요.")
    await screen.press("이의신청하기")
    await screen.press("이의신청", role="link")
    await said(screen, "현장을 다시 봐 주세요.")


async def demand_correction(screen: Screen, office: Office) -> None:
    await screen.go(await case_that_leads_to(office, "correction"))
    await screen.press("시정 요구", role="link")
    await screen.pick("정해진 것보다 많은 서류를 요구했습니다")
    await screen.fill("바로잡아 달라는 내용", "이미 낸 서류를 또 내라고 했습니다.")
    await screen.press("시정 요구하기")
    await screen.press("시정 요구", role="link")
    await said(screen, "이미 낸 서류를 또 내라고 했습니다.")


async def learn_what_a_word_means(screen: Screen, office: Office) -> None:
    await screen.go("/services")
    await screen.press("낱말 풀이", role="link")
    await said(screen, "이의신청")


async def ask_for_another_go(screen: Screen, office: Office) -> None:
    await screen.go(await case_that_leads_to(office, "reopen"))
    await screen.press("재처리 요청", role="link")
    await screen.fill("다시 처리해 달라는 이유", "블록이 다시 솟았습니다.")
    await screen.click("main form.form button[type=submit]")
    await said(screen, "재처리 요청")


async def rate(screen: Screen, office: Office) -> None:
    await screen.go(await case_that_leads_to(office, "satisfaction"))
    await screen.press("만족도", role="link")
    await screen.pick("보통")
    await screen.fill("한마디", "고맙습니다.")
    await screen.page.locator("main form").wait_for()
    await screen.click("main form button[type=submit]")
    await said(screen, "만족도")


async def follow(screen: Screen, office: Office) -> None:
    await screen.go("/me/follows")
    await screen.choose("#topic-form select[name=topic]", "street-lamp")
    await screen.press("이 분야 소식 받기")
    await said(screen, "이제 이곳의 새 민원을 알려 드립니다.")
    await screen.press("그만 받기")
    await said(screen, "더 알리지 않습니다.")


async def keep_an_address_book(screen: Screen, office: Office) -> None:
    await screen.go("/me/addressbook")
    await screen.fill("이름", "오래된 벗")
    await screen.fill("번호", "010-7654-3210")
    await screen.press("적기")
    await screen.press("오래된 벗", role="link")
    await screen.press("지우기")
    assert "오래된 벗" not in await screen.page.locator("main .rows").all_inner_texts()


async def look_after_the_mileage(screen: Screen, office: Office) -> None:
    await screen.go("/")
    await screen.press("마일리지", role="link")
    await said(screen, "점")


async def pay(screen: Screen, office: Office) -> None:
    await screen.go("/pay")
    await screen.write("[name=reference]", "ABC-DEFG")
    await screen.press("찾기")
    await said(screen, "ABC-DEFG" if "ABC-DEFG" in screen.page.url else "수수료")


async def read_the_notices(screen: Screen, office: Office) -> None:
    await screen.go("/me")
    await screen.press("알림", role="link")
    await said(screen, "알림")


async def read_the_drafts(screen: Screen, office: Office) -> None:
    await screen.go("/me/drafts")
    if not screen.javascript:
        await screen.press("민원 신청", role="link")


async def change_the_contact(screen: Screen, office: Office) -> None:
    await screen.go("/me/settings")
    await screen.press("연락처 바꾸기", role="link")
    await screen.fill("주소", "서울특별시 영등포구 문래로 94")
    await screen.click("main form.form button[type=submit]")
    await screen.go("/me/settings")
    await said(screen, "문래로 94")


async def read_in_english_and_large(screen: Screen, office: Office) -> None:
    await screen.go("/display")
    await screen.press("아주 크게", role="link")
    await screen.go("/me/settings")
    await screen.pick("English")
    await screen.press("언어 바꾸기")
    await said(screen, "My settings")
    await screen.pick("한국어")
    await screen.press("Change language")
    await said(screen, "내 설정")


async def log_out(screen: Screen, office: Office) -> None:
    await screen.go("/me/settings")
    await screen.press("로그아웃")
    await screen.go("/")
    await said(screen, "로그인")


BY_ANYBODY: tuple[Task, ...] = (
    search,
    read_the_ordinance,
    find_out_how_to_apply,
    learn_what_a_word_means,
    file_without_an_account,
    pay,
)
BY_A_RESIDENT: tuple[Task, ...] = (
    log_in,
    file_and_withdraw,
    supplement,
    demand_correction,
    rate,
    object_to_a_refusal,
    ask_for_another_go,
    follow,
    keep_an_address_book,
    look_after_the_mileage,
    read_the_notices,
    read_the_drafts,
    change_the_contact,
    read_in_english_and_large,
    log_out,
)
