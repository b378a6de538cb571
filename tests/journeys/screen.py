"""A phone's screen in a test: what a person sees and presses, checked on every page."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Response, Route

AXE = Path(__file__).parents[2] / "pwa/node_modules/axe-core/axe.min.js"
WATCH_CSP = """
addEventListener('securitypolicyviolation', (event) => {
  console.error('CSP violation: ' + event.violatedDirective + ' ' + event.blockedURI);
});
"""
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE_RUN = """
async (values) => {
  const found = await axe.run(document, { runOnly: values, resultTypes: ['violations'] });
  return found.violations.map((violation) =>
    violation.id + ': ' + violation.help + ' @ '
    + violation.nodes.map((node) => node.target + ' ' + node.html.slice(0, 120)).join('; '));
}
"""


class Screen:
    """One person's browser: its own cookies, size and language.

    Leaving the context fails the test if any page violated the CSP, broke a script or asked the
    server for something that it could not give (5xx).
    """

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        width: int = 360,
        height: int = 740,
        javascript: bool = True,
        language: str = "ko-KR",
        look: str = "light",
    ) -> None:
        self.browser = browser
        self.url = url
        self.options: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "java_script_enabled": javascript,
            "locale": language,
            "timezone_id": "Asia/Seoul",
            "base_url": url,
            "color_scheme": "dark" if look == "dark" else "light",
        }
        self.javascript = javascript
        self.complaints: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self._developer: CDPSession | None = None

    async def __aenter__(self) -> Self:
        self.context = await self.browser.new_context(**self.options)
        self.context.set_default_timeout(15_000)
        if self.javascript:
            await self.context.grant_permissions(["notifications", "geolocation"], origin=self.url)
            await self.context.add_init_script(WATCH_CSP)
        self.page = await self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._broken)
        self.page.on("response", self._answered)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.context.close()
        if kind is None:
            assert not self.complaints, self.complaints

    def _broken(self, error: Any) -> None:
        # A browser that leaves an animation between two pages out says so, and nothing is broken.
        if "ViewTransition" not in str(error):
            self.complaints.append(f"script: {error}")

    def _heard(self, message: Any) -> None:
        text = message.text
        if "Content Security Policy" in text or "CSP violation" in text:
            self.complaints.append(text)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.status} {answer.url}")

    async def go(self, path: str) -> None:
        """Opens an address and looks at it."""
        await self.page.goto(path)
        await self.look()

    async def set_text_pixels(self, pixels: int) -> None:
        """The size of text that a person has set in the browser; 16 where nobody has."""
        if self._developer is None:
            self._developer = await self.context.new_cdp_session(self.page)
        sizes = {"standard": pixels, "fixed": round(pixels * 13 / 16)}
        await self._developer.send("Page.setFontSizes", {"fontSizes": sizes})

    async def look(self) -> None:
        """Nothing overflows sideways, and axe finds nothing on the page as it is now."""
        faults = await self.faults()
        assert not faults, f"{self.page.url}: {faults}"

    async def faults(self, rules: Sequence[str] = AXE_TAGS) -> list[str]:
        """What is wrong with the page as it is now, in words. `rules` are tags or rules of axe."""
        page = self.page
        wide, room = await page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        found = [f"is {wide} wide on a screen of {room}"] if wide > room else []
        if self.javascript:
            return found + await _inspected(page, rules)
        return found + await self._inspected_elsewhere(await page.content(), rules)

    async def _inspected_elsewhere(self, html: str, rules: Sequence[str]) -> list[str]:
        """Axe needs scripts: shows it the very same page, without the page's own."""
        async with await self.browser.new_context(
            **self.options | {"java_script_enabled": True}
        ) as context:
            page = await context.new_page()

            async def answer(route: Route) -> None:
                if route.request.is_navigation_request():
                    await route.fulfill(body=html, content_type="text/html; charset=utf-8")
                elif route.request.resource_type == "script":
                    await route.abort()
                else:
                    await route.continue_()

            await page.route("**/*", answer)
            await page.goto(self.url)
            return await _inspected(page, rules)

    async def press(self, name: str, *, role: Any = "button") -> None:
        """Presses the one thing of that accessible name and looks at where it leads."""
        await self.page.get_by_role(role, name=name).first.click()
        await self.page.wait_for_load_state("load")
        await self.look()

    async def fill(self, label: str, value: str) -> None:
        """Types into the field of that label."""
        await self.page.get_by_label(label).first.fill(value)

    async def write(self, selector: str, value: str) -> None:
        """Types into the first field that a selector finds."""
        await self.page.locator(selector).first.fill(value)

    async def tick(self, selector: str) -> None:
        """Ticks a box."""
        await self.page.locator(selector).first.check()

    async def pick(self, name: str) -> None:
        """Picks the one choice of that name out of several."""
        await self.page.get_by_role("radio", name=name, exact=True).first.check()

    async def choose(self, selector: str, value: str | None = None, **by: str) -> None:
        """Chooses from a list by value, or by `label`."""
        await self.page.locator(selector).first.select_option(value, **by)

    async def click(self, selector: str) -> None:
        """Presses the first thing that a selector finds."""
        await self.page.locator(selector).first.click()

    async def text(self) -> str:
        """What a person reads on the page."""
        return await self.page.locator("body").inner_text()


async def _inspected(page: Page, rules: Sequence[str]) -> list[str]:
    """What axe finds wrong on a page, in words."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    return list(await page.evaluate(AXE_RUN, list(rules)))
