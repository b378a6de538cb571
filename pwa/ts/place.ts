// 'Here': the phone's position beside the words, only when the button is pressed.
import { all, one } from "./page.ts";

export function findPlace(): void {
  if (!("geolocation" in navigator)) return;
  for (const field of all("[data-place]")) {
    const button = one<HTMLButtonElement>("[data-locate]", field);
    const lat = one<HTMLInputElement>("[data-lat]", field);
    const lon = one<HTMLInputElement>("[data-lon]", field);
    const status = one("[data-place-status]", field);
    if (!button || !lat || !lon || !status) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      status.textContent = status.dataset["looking"] ?? "";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          lat.value = coords.latitude.toFixed(6);
          lon.value = coords.longitude.toFixed(6);
          status.textContent = status.dataset["found"] ?? "";
          button.setAttribute("aria-pressed", "true");
        },
        () => {
          status.textContent = status.dataset["refused"] ?? "";
        },
        { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
      );
    });
  }
}
