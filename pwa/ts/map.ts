// A map to point at the place, for who sees it better than they can say it. Nothing needs it: the words and the phone's own
// position say the same. Loaded on a tap only, with its library and style; the tiles are the office's setting.
import L from "leaflet";
import { fill, one } from "./page.ts";

const KOREA: L.LatLngBoundsExpression = [
  [33, 124],
  [39, 132],
];
const CLOSE = 17;
const DISTRICT = 14;
const STEP = 10; // pixels that an arrow key moves the marker
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export interface Fields {
  lat: HTMLInputElement;
  lon: HTMLInputElement;
  status: HTMLElement;
}

async function styled(address: string): Promise<void> {
  if (!address || one(`link[href="${address}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const there = new Promise<void>((resolve) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => resolve());
  });
  document.head.append(link);
  await there;
}

/** Opens the map under its button, with a marker where the fields say or in the middle of the district. */
export async function openMap(button: HTMLButtonElement, box: HTMLElement, fields: Fields): Promise<void> {
  const { map: tiles = "", style = "", center = "", marker: name = "", zoomIn = "+", zoomOut = "-" } = button.dataset;
  await styled(style);
  box.hidden = false;
  const known = fields.lat.value !== "" && fields.lon.value !== "";
  const [north = 37.5665, east = 126.978] = center.split(",").map(Number);
  const start = known ? L.latLng(Number(fields.lat.value), Number(fields.lon.value)) : L.latLng(north, east);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    attributionControl: false,
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    maxBounds: KOREA,
    minZoom: 7,
    zoomAnimation: !calm,
    zoomControl: false,
  });
  map.setView(start, known ? CLOSE : DISTRICT);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  const layer = L.tileLayer(tiles, { maxZoom: 19 });
  layer.once("tileerror", () => {
    fields.status.textContent = button.dataset["failed"] ?? "";
  });
  layer.addTo(map);
  const icon = L.divIcon({ className: "map-pin", iconSize: [44, 44], iconAnchor: [22, 44] });
  const marker = L.marker(start, { alt: name, draggable: true, icon, keyboard: true, title: name }).addTo(map);
  const point = () => {
    const { lat, lng } = marker.getLatLng();
    fields.lat.value = lat.toFixed(6);
    fields.lon.value = lng.toFixed(6);
    fields.lat.dispatchEvent(new Event("input", { bubbles: true }));
    fields.status.textContent = fill(button.dataset["pointed"], { lat: lat.toFixed(5), lon: lng.toFixed(5) });
  };
  marker.on("dragend", point);
  map.on("click", ({ latlng }: L.LeafletMouseEvent) => {
    marker.setLatLng(latlng);
    point();
  });
  const pin = marker.getElement();
  pin?.setAttribute("aria-label", name);
  pin?.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    L.DomEvent.stop(event);
    marker.setLatLng(map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(step)));
    map.panInside(marker.getLatLng(), { padding: [STEP * 4, STEP * 4], animate: !calm });
    point();
  });
  pin?.focus();
}
