// How long an SMS is in the bytes that carriers count, cp949: the mirror of gateways/encode/sms.py.

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
  /** Bytes of the whole text with the carrier's line before it. */
  used: number;
  /** Messages it takes; 0 for an empty text. */
  parts: number;
  /** Characters that cannot be sent, each once. */
  strange: string[];
}

function numbered(sizes: number[], room: number): number {
  for (let width = 1; width <= 2; width++) {
    let parts = 0;
    for (let at = 0; at < sizes.length;) {
      parts++;
      let space = room - String(parts).length - width - 4;
      const from = at;
      while (at < sizes.length && (sizes[at] ?? 0) <= space) space -= sizes[at++] ?? 0;
      if (at === from) return 0;
    }
    if (String(parts).length === width) return parts;
  }
  return 0;
}

export function count(text: string, prefix: string, limit: number): Count {
  const body = [...tidy(text)];
  const sizes = body.map(bytesOf);
  const reserved = [...prefix].reduce((sum, character) => sum + bytesOf(character), 0);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const strange = [...new Set(body.filter((_, index) => sizes[index] === 0))];
  const parts = whole === 0 ? 0 : reserved + whole <= limit ? 1 : numbered(sizes, limit - reserved);
  return { used: reserved + whole, parts, strange };
}
