// Photos are shrunk to 1,600 pixels before they leave the phone (which also drops where they were taken) and shown small.
// What cannot be read here goes as it is: the server reads HEIC, and shrinks and cleans everything once more.
import { all, fill, one } from "./page.ts";

const SIDE_MAX = 1600;
const QUALITY = 0.85;
const SMALL_BYTES = 300_000;

/** The size of a picture whose longer side is at most `side`. */
export function fitting(width: number, height: number, side: number): [number, number] {
  const factor = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}

function draw(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitting(picture.width, picture.height, side);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

interface Photo {
  file: File;
  preview: HTMLCanvasElement | null;
}

async function shrink(file: File): Promise<Photo> {
  if (!file.type.startsWith("image/")) return { file, preview: null };
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const preview = draw(picture, 320);
    const large = Math.max(picture.width, picture.height) > SIDE_MAX || file.size > SMALL_BYTES;
    const blob = large
      ? await new Promise<Blob | null>((done) => draw(picture, SIDE_MAX).toBlob(done, "image/jpeg", QUALITY))
      : null;
    picture.close();
    if (!blob || blob.size >= file.size) return { file, preview };
    return { file: new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" }), preview };
  } catch {
    return { file, preview: null };
  }
}

export function preparePhotos(): void {
  for (const field of all("[data-files]")) {
    const input = one<HTMLInputElement>("input[type=file]", field);
    const list = one<HTMLUListElement>("[data-previews]", field);
    const status = one("[data-files-status]", field);
    const add = list && one("[data-add]", list);
    if (input && list && status && add) prepare(field, input, list, status, add);
  }
}

function prepare(
  field: HTMLElement,
  input: HTMLInputElement,
  list: HTMLUListElement,
  status: HTMLElement,
  add: HTMLElement,
): void {
  const max = input.multiple ? Number(field.dataset["max"] ?? 99) : 1;
  let photos: Photo[] = [];
  // The tile at the end of the row takes the place of the browser's own button, which stays for keyboards and readers.
  list.hidden = false;
  input.classList.add("hidden");

  const show = () => {
    const files = new DataTransfer();
    for (const photo of photos) files.items.add(photo.file);
    input.files = files.files;
    add.hidden = photos.length >= max;
    list.replaceChildren(...photos.map(row), add);
  };
  const row = (photo: Photo) => {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "remove";
    remove.setAttribute("aria-label", fill(field.dataset["remove"], { name: photo.file.name }));
    remove.addEventListener("click", () => {
      photos = photos.filter((other) => other !== photo);
      show();
      input.focus();
    });
    const name = document.createElement("span");
    name.className = "named tiny";
    name.textContent = photo.file.name;
    photo.preview?.setAttribute("aria-hidden", "true");
    item.append(photo.preview ?? name, remove);
    return item;
  };
  input.addEventListener("change", async () => {
    const chosen = [...(input.files ?? [])];
    const before = input.multiple ? photos : [];
    const room = max - before.length;
    status.textContent = field.dataset["busy"] ?? "";
    const hold = (event: Event) => event.preventDefault();
    input.form?.addEventListener("submit", hold, true);
    const added: Photo[] = [];
    for (const file of chosen.slice(0, room)) {
      added.push("shrink" in field.dataset ? await shrink(file) : { file, preview: null });
    }
    input.form?.removeEventListener("submit", hold, true);
    photos = [...before, ...added];
    status.textContent = chosen.length > room ? (field.dataset["tooMany"] ?? "") : "";
    show();
  });
}
