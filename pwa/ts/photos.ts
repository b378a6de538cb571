// The photos of a form: cleaned and shrunk before they leave (picture.ts), shown small, each with a button to take it out.
// Loaded only where a form takes photos.
import { all, fill, one } from "./page.ts";
import { cleaned, fitting } from "./picture.ts";

const PREVIEW_SIDE = 320;

/** Photos that this phone has cleaned before. */
const clean = new WeakSet<File>();

/** Puts photos into a form that were kept as they are sent. */
export function putPhotos(input: HTMLInputElement, files: File[]): void {
  for (const file of files) clean.add(file);
  fillInput(input, files);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function fillInput(input: HTMLInputElement, files: File[]): void {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
}

interface Photo {
  file: File;
  preview: HTMLCanvasElement | null;
  /** What the form names it in, where the office has it already: then it is not sent again. */
  named?: HTMLInputElement;
}

function same(one: File, other: File): boolean {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

async function prepared(file: File, shrink: boolean): Promise<Photo> {
  if (!shrink) return { file, preview: null };
  const sent = clean.has(file) ? file : await cleaned(file);
  return { file: sent, preview: await small(sent).catch(() => null) };
}

async function small(file: File): Promise<HTMLCanvasElement> {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitting(picture.width, picture.height, PREVIEW_SIDE);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

export function preparePhotos(): void {
  for (const field of all("[data-files]:not([data-prepared])")) {
    field.dataset["prepared"] = "yes";
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
  const show = () => {
    fillInput(
      input,
      photos.filter((photo) => !photo.named).map((photo) => photo.file),
    );
    add.hidden = photos.length >= max;
    list.replaceChildren(...photos.map(row), add);
  };
  const changed = () => input.dispatchEvent(new Event("input", { bubbles: true }));
  const row = (photo: Photo) => {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "remove";
    remove.setAttribute("aria-label", fill(field.dataset["remove"], { name: photo.file.name }));
    remove.addEventListener("click", () => {
      photos = photos.filter((other) => other !== photo);
      photo.named?.remove();
      show();
      changed();
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
    field.setAttribute("aria-busy", "true");
    const hold = (event: Event) => event.preventDefault();
    input.form?.addEventListener("submit", hold, true);
    const added: Photo[] = [];
    for (const file of chosen.slice(0, room)) {
      added.push(await prepared(file, "shrink" in field.dataset));
    }
    input.form?.removeEventListener("submit", hold, true);
    field.removeAttribute("aria-busy");
    photos = [...before, ...added];
    status.textContent = chosen.length > room ? (field.dataset["tooMany"] ?? "") : "";
    show();
    changed();
  });
  if ("upload" in field.dataset) {
    const put = (chosen: boolean) => {
      if (chosen) photos = photos.map(({ file, preview }) => ({ file, preview }));
      fillInput(input, chosen ? photos.map((photo) => photo.file) : []);
    };
    const keep = (named: [File, HTMLInputElement][]) => {
      for (const [file, box] of named) {
        const photo = photos.find((each) => !each.named && same(each.file, file));
        if (photo) photo.named = box;
        else box.remove(); // taken out meanwhile
      }
      // In the order in which the office will have them.
      photos = [...photos.filter((photo) => photo.named), ...photos.filter((photo) => !photo.named)];
      show();
    };
    void import("./upload.ts").then(({ watchUpload }) => watchUpload(field, input, put, keep));
  }
  const shoot = one<HTMLButtonElement>("[data-shoot]", field);
  if (shoot && matchMedia("(pointer: coarse)").matches) {
    shoot.hidden = false;
    shoot.addEventListener("click", () => {
      input.setAttribute("capture", "environment");
      input.click();
      input.removeAttribute("capture"); // the next choice may be from the gallery again
    });
  }
  // Somebody was quicker than this script.
  if (input.files?.length) input.dispatchEvent(new Event("change", { bubbles: true }));
}
