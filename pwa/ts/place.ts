// 'Here': the phone's position beside the words, only when the button is pressed; and a map, only when its button is.
import { all, one } from "./page.ts";

export function findPlace(): void {
  for (const field of all("[data-place]")) {
    const lat = one<HTMLInputElement>("[data-lat]", field);
    const lon = one<HTMLInputElement>("[data-lon]", field);
    const status = one("[data-place-status]", field);
    if (!lat || !lon || !status) continue;
    const fields = { lat, lon, status };
    const here = one<HTMLButtonElement>("[data-locate]", field);
    const map = one<HTMLButtonElement>("[data-map]", field);
    const box = one("[data-map-box]", field);
    if (here && "geolocation" in navigator) locate(here, fields);
    if (map && box) offerMap(map, box, fields);
  }
}

interface Fields {
  lat: HTMLInputElement;
  lon: HTMLInputElement;
  status: HTMLElement;
}

function locate(button: HTMLButtonElement, { lat, lon, status }: Fields): void {
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

function offerMap(button: HTMLButtonElement, box: HTMLElement, fields: Fields): void {
  let opened: Promise<void> | null = null;
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    if (!open) return;
    opened ??= import("./map.ts").then(({ openMap }) => openMap(button, box, fields));
    opened.catch(() => {
      opened = null;
      box.hidden = true;
      button.setAttribute("aria-expanded", "false");
      fields.status.textContent = button.dataset["failed"] ?? "";
    });
  });
}
