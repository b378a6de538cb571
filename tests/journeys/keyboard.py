"""A screen worked by keyboard alone: what is used is reached with Tab, and is seen when it is."""

from typing import Any

from playwright.async_api import Locator

from tests.journeys.screen import Screen

STEPS_MAX = 250
STANDING = """
(wanted) => {
  const on = document.activeElement;
  if (!on || on === document.body) return {reached: false, name: 'nothing'};
  const box = on.getBoundingClientRect();
  const around = on.parentElement?.querySelectorAll('*') ?? [];
  const near = [on, on.closest('label, .choice'), ...around];
  const drawn = ({outline, boxShadow, border, backgroundColor}) =>
    [outline, boxShadow, border, backgroundColor].join();
  const seen = () => near.filter(Boolean).map(
    (one) => drawn(getComputedStyle(one)) + drawn(getComputedStyle(one, '::after'))).join();
  const focused = seen();
  on.blur();
  const ring = focused !== seen();
  on.focus();
  const label = on.labels && on.labels.length ? on.labels[0] : null;
  const shown = [on, label, on.parentElement].some((one) => {
    if (!one) return false;
    const at = one.getBoundingClientRect();
    const x = at.left + Math.min(at.width / 2, 40), y = at.top + Math.min(at.height / 2, 40);
    const top = document.elementFromPoint(x, y);
    return top !== null && (one.contains(top) || top.contains(one));
  });
  return {
    reached: on === wanted,
    name: (on.getAttribute('aria-label') || on.textContent || on.name || on.tagName).trim(),
    ring, shown, box: [box.x, box.y, box.width, box.height],
  };
}
"""


class Keyboard(Screen):
    """As Screen, without a mouse: Tab to it, see it, then type, Space or Enter.

    Fails where Tab does not come to a thing, where the thing in focus shows no ring, or where it
    lies hidden behind what sticks to the edges (WCAG 2.1.1, 2.4.3, 2.4.7, 2.4.11).
    """

    async def look(self) -> None:
        """Nothing: the same pages are looked at by the journeys that use a finger."""

    async def press(self, name: str, *, role: Any = "button") -> None:
        await self._reach(self.page.get_by_role(role, name=name).first)
        await self._enter()

    async def fill(self, label: str, value: str) -> None:
        await self._type(self.page.get_by_label(label).first, value)

    async def write(self, selector: str, value: str) -> None:
        await self._type(self.page.locator(selector).first, value)

    async def tick(self, selector: str) -> None:
        box = self.page.locator(selector).first
        await self._reach(box)
        await self.page.keyboard.press("Space")
        assert await box.is_checked(), selector

    async def pick(self, name: str) -> None:
        """Tab comes to a group's chosen one, or to its ends; arrows go from one to the next."""
        wanted = self.page.get_by_role("radio", name=name, exact=True).first
        group = await wanted.get_attribute("name")
        chosen = self.page.locator(f"input[type=radio][name={group}]:checked").first
        if not await chosen.count():
            chosen = self.page.locator(f"input[type=radio][name={group}]").first
        await self._reach(chosen)
        await self.page.keyboard.press("Space")
        for _ in range(STEPS_MAX):
            if await wanted.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never come to {name}")

    async def choose(self, selector: str, value: str | None = None, **by: str) -> None:
        """Down the list, as far as it is from the first to the one that is wanted."""
        field = self.page.locator(selector).first
        await self._reach(field)
        await self.page.keyboard.press("Home")
        wanted = by.get("label")
        for _ in range(STEPS_MAX):
            now = await field.evaluate("(list) => [list.value, list.selectedOptions[0].label]")
            if value in {now[0]} or (wanted is not None and wanted == now[1].strip()):
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} does not offer {value or wanted}")

    async def click(self, selector: str) -> None:
        await self._reach(self.page.locator(selector).first)
        await self._enter()

    async def _enter(self) -> None:
        leads_on = await self.page.evaluate(
            """() => document.activeElement.matches(
              'a[href]:not([data-set-text], [data-set-contrast]), button:not([type=button])')"""
        )
        if leads_on:
            async with self.page.expect_navigation(wait_until="load"):
                await self.page.keyboard.press("Enter")
        else:
            await self.page.keyboard.press("Enter")
        await self.look()

    async def _type(self, field: Locator, value: str) -> None:
        await self._reach(field)
        if await field.get_attribute("type") == "date":
            await self.page.keyboard.type("".join(reversed_date(value)))
        else:
            await self.page.keyboard.press("Control+A")
            await self.page.keyboard.insert_text(value)
        kept = await field.input_value()
        assert kept == value, f"typed {value!r}, the field holds {kept!r}"

    async def _reach(self, wanted: Locator) -> None:
        await wanted.wait_for(state="attached")
        target = await wanted.element_handle()
        passed = []
        for _ in range(STEPS_MAX):
            standing = await self.page.evaluate(STANDING, target)
            if standing["reached"]:
                assert standing["ring"], f"no ring around {standing['name'][:60]!r} in focus"
                assert standing["shown"], f"{standing['name'][:60]!r} is hidden while in focus"
                return
            passed.append(standing["name"][:20])
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {wanted} on {self.page.url}: {passed}")


def reversed_date(value: str) -> str:
    """A date as one types it into the browser's own field (Korean order is the ISO order)."""
    return value.replace("-", "\t") if value.count("-") == 2 else value
