"""Ending an incident in the console, whoever still needs help."""

from __future__ import annotations

from playwright.async_api import Page, expect


async def all_clear(page: Page) -> None:
    """The all clear is given; the number of those who need help is typed as often as it changes."""
    await page.get_by_role("button", name="All clear").first.click()
    send = page.get_by_role("button", name="Send the all clear")
    given = page.locator("#status", has_text="All clear given")
    for _ in range(20):
        needing = page.locator(".needy .warn")
        if await needing.is_visible():
            await page.locator("#confirm-help").fill((await needing.inner_text()).split()[0])
        await send.click()
        await expect(given.or_(page.locator(".ask .trouble")).first).to_be_visible()
        if await given.is_visible():
            return
    raise AssertionError("the number of those who need help never stood still")
