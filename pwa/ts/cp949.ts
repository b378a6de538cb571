// How long an SMS is: in the bytes that Korean carriers count, cp949, and abroad in what its network counts.
// The mirror of gateways/encode/sms.py; tests/gateways/sms_cases.json holds both to the same numbers.

let known: Set<string> | undefined;

/** Every character of two bytes. The browser's euc-kr decoder is cp949 (WHATWG Encoding), so its table is already there. */
function twoBytes(): Set<string> {
  if (known) return known;
  const decoder = new TextDecoder("euc-kr");
  known = new Set<string>();
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      pair[0] = lead;
      pair[1] = trail;
      const text = decoder.decode(pair);
      if (text.length === 1 && !/[\ufffd\ue000-\uf8ff]/.test(text)) known.add(text);
    }
  }
  return known;
}

/** Bytes of one character; 0 where it cannot be sent. */
export function bytesOf(character: string): number {
  if (character === "\n" || (character >= " " && character <= "~")) return 1;
  return twoBytes().has(character) ? 2 : 0;
}

/** The text as it is counted and sent: composed syllables, one kind of line end, nothing invisible. */
export function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .normalize("NFC")
    .replace(/[\u200b\u2060\ufeff\u00ad\u200e\u200f]/g, "")
    .replace(/[\u00a0\t]/g, " ")
    .replace(/^[\n ]+|[\n ]+$/g, "");
}

export interface Count {
  /** Length of the whole text, in bytes with the carrier's line before it, or in what the network abroad counts. */
  used: number;
  /** What one message holds. */
  limit: number;
  /** Messages it takes; 0 where it cannot be sent. */
  parts: number;
  /** Characters that cannot be sent, each once. */
  strange: string[];
}

const MESSAGES_MAX = 99;
const JOINERS = new Set(["\u200d", "\ufe0e", "\ufe0f", "\u20e3", "🏻", "🏼", "🏽", "🏾", "🏿"]);

function sum(sizes: number[]): number {
  return sizes.reduce((whole, size) => whole + size, 0);
}

/** The characters without a size, each once; a joined emoji is one to its writer. */
function strangers(body: string[], sizes: number[]): string[] {
  const found: string[] = [];
  let end = -1;
  body.forEach((character, at) => {
    if (sizes[at]) return;
    const last = found.at(-1);
    if (last !== undefined && end === at && (JOINERS.has(character) || last.endsWith("\u200d"))) {
      found[found.length - 1] = last + character;
    } else found.push(character);
    end = at + 1;
  });
  return [...new Set(found)];
}

function numbered(sizes: number[], room: number): number {
  for (let width = 1; width <= 2; width++) {
    let parts = 0;
    for (let at = 0; at < sizes.length && parts <= MESSAGES_MAX;) {
      parts++;
      let space = room - String(parts).length - width - 4;
      const from = at;
      while (at < sizes.length && (sizes[at] ?? 0) <= space) space -= sizes[at++] ?? 0;
      if (at === from) return 0;
    }
    if (parts <= MESSAGES_MAX && String(parts).length === width) return parts;
  }
  return 0;
}

/** A domestic text: messages of `limit` bytes, numbered where there are several; or none where a longer one is refused. */
export function count(text: string, prefix: string, limit: number, longer = "split"): Count {
  const body = [...tidy(text)];
  const sizes = body.map(bytesOf);
  const reserved = sum([...prefix].map(bytesOf));
  const used = reserved + sum(sizes);
  const strange = strangers(body, sizes);
  let parts = 0;
  if (body.length > 0 && strange.length === 0) {
    if (used <= limit) parts = 1;
    else if (longer === "split") parts = numbered(sizes, limit - reserved);
  }
  return { used, limit, parts, strange };
}

const GSM = new Set([
  ..."@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?",
  ..."¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
]);
const GSM_ESCAPED = new Set("\f^{}\\[~]|€");

/** A text to a number abroad: 160 (153 a part) of GSM-7, or 70 (67 a part) of UCS-2. */
export function countAbroad(text: string): Count {
  const body = [...tidy(text)];
  const latin = body.every((character) => GSM.has(character) || GSM_ESCAPED.has(character));
  const [single, part] = latin ? [160, 153] : [70, 67];
  const sizes = body.map((character) => (latin ? (GSM_ESCAPED.has(character) ? 2 : 1) : character.length));
  const strange = [...new Set(body.filter((character) => character !== "\n" && /[\p{Cc}\p{Cs}]/u.test(character)))];
  const used = sum(sizes);
  if (body.length === 0 || strange.length > 0) return { used, limit: single, parts: 0, strange };
  if (used <= single) return { used, limit: single, parts: 1, strange };
  let parts = 0;
  for (let at = 0; at < sizes.length;) {
    parts++;
    let space = part;
    while (at < sizes.length && (sizes[at] ?? 0) <= space) space -= sizes[at++] ?? 0;
  }
  return { used, limit: part, parts, strange };
}

/** Whether the first number of a field of recipients is one abroad, as far as its beginning tells. */
export function isAbroad(recipients: string): boolean {
  const first = recipients.split(/[\n,;]/).find((line) => line.trim() !== "") ?? "";
  return /^\+(?!\s*82)/.test(first.normalize("NFKC").trim());
}
