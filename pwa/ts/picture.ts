// Photos are turned upright, shrunk and written anew: what the camera noted in them (where, when, with what) stays behind.

const SIDE_MAX = 1600;
const QUALITY = 0.85;

/** The size of a picture whose longer side is at most `side`. */
export function fitting(width: number, height: number, side: number): [number, number] {
  const factor = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}

/** The photo as it is kept and sent. What cannot be read here (HEIC, mostly) stays as it is: the office reads it, and cleans
    everything once more. */
export async function cleaned(file: File): Promise<File> {
  if (!file.type.startsWith("image/")) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const canvas = new OffscreenCanvas(...fitting(picture.width, picture.height, SIDE_MAX));
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) return file;
    context.fillStyle = "#fff"; // behind what is clear in a picture of the screen
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    return new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
}
