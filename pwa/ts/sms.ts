// The length of an SMS while it is written, and its bubble as the other phone will show it.
import { count, countAbroad, isAbroad, tidy } from "./cp949.ts";
import { all, fill, one } from "./page.ts";

export function measureSms(): void {
  for (const area of all<HTMLTextAreaElement>("textarea[data-sms]")) {
    const box = one(`[data-sms-measure="${area.id}"]`);
    const meter = box && one<HTMLMeterElement>("meter", box);
    const length = box && one("[data-bytes-out]", box);
    const parts = box && one("[data-parts-out]", box);
    const strange = box && one("[data-strange-out]", box);
    if (!box || !meter || !length || !parts || !strange) continue;
    const { prefix = "", longer } = area.dataset;
    const most = Number(area.dataset["limit"]);
    const bubble = one("[data-bubble][data-live]");
    const recipients = area.dataset["abroad"]
      ? one<HTMLTextAreaElement>(`#${CSS.escape(area.dataset["abroad"])}`)
      : null;
    const measure = () => {
      const abroad = recipients !== null && isAbroad(recipients.value);
      const found = abroad ? countAbroad(area.value) : count(area.value, prefix, most, longer);
      meter.max = found.limit;
      meter.value = Math.min(found.used, found.limit);
      length.textContent = fill(box.dataset[abroad ? "letters" : "bytes"], { used: found.used, limit: found.limit });
      parts.textContent = fill(box.dataset["parts"], { parts: found.parts });
      strange.hidden = found.strange.length === 0;
      strange.textContent = fill(box.dataset["strange"], { characters: found.strange.join(" ") });
      if (bubble) bubble.textContent = (abroad ? "" : prefix) + tidy(area.value);
    };
    box.hidden = false;
    area.addEventListener("input", measure);
    recipients?.addEventListener("input", measure);
    measure();
  }
}
