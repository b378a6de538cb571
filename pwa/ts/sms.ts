// The length of an SMS while it is written, and its bubble as the other phone will show it.
import { count, tidy } from "./cp949.ts";
import { all, fill, one } from "./page.ts";

export function measureSms(): void {
  for (const area of all<HTMLTextAreaElement>("textarea[data-sms]")) {
    const box = one(`[data-sms-measure="${area.id}"]`);
    const meter = box && one<HTMLMeterElement>("meter", box);
    const bytes = box && one("[data-bytes-out]", box);
    const parts = box && one("[data-parts-out]", box);
    const strange = box && one("[data-strange-out]", box);
    if (!box || !meter || !bytes || !parts || !strange) continue;
    const prefix = area.dataset["prefix"] ?? "";
    const limit = Number(area.dataset["limit"]);
    const bubble = one("[data-bubble][data-live]");
    const measure = () => {
      const found = count(area.value, prefix, limit);
      meter.value = Math.min(found.used, limit);
      bytes.textContent = fill(box.dataset["bytes"], { used: found.used, limit });
      parts.textContent = fill(box.dataset["parts"], { parts: found.parts });
      strange.hidden = found.strange.length === 0;
      strange.textContent = fill(box.dataset["strange"], { characters: found.strange.join(" ") });
      if (bubble) bubble.textContent = prefix + tidy(area.value);
    };
    box.hidden = false;
    area.addEventListener("input", measure);
    measure();
  }
}
