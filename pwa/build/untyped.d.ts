// Two packages without types, used by build/fonts.ts only.
declare module "subset-font" {
  export default function subsetFont(font: Buffer, text: string, options: Record<string, unknown>): Promise<Buffer>;
}
declare module "fontverter" {
  export function convert(font: Buffer, format: "woff2" | "sfnt"): Promise<Buffer>;
}
