// Draws a variable TrueType font on a coarser grid. Pretendard counts 2,048 units to the em; at 256 no point of our text moves
// by more than a tenth of a dot on a phone of three dots to the pixel, and the file is a third smaller.

type Tables = Map<string, Buffer>;

function read(font: Buffer): Tables {
  const tables: Tables = new Map();
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const record = 12 + index * 16;
    const offset = font.readUInt32BE(record + 8);
    tables.set(
      font.toString("latin1", record, record + 4),
      Buffer.from(font.subarray(offset, offset + font.readUInt32BE(record + 12))),
    );
  }
  return tables;
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    const word = Buffer.alloc(4);
    bytes.copy(word, 0, at, Math.min(at + 4, bytes.length));
    sum = (sum + word.readUInt32BE()) >>> 0;
  }
  return sum;
}

function write(tables: Tables): Buffer {
  const names = [...tables.keys()].sort();
  const power = 2 ** Math.floor(Math.log2(names.length));
  const head = Buffer.alloc(12 + names.length * 16);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(names.length, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((names.length - power) * 16, 10);
  const parts = [head];
  let offset = head.length;
  names.forEach((name, index) => {
    const bytes = table(tables, name);
    const record = 12 + index * 16;
    head.write(name, record, "latin1");
    head.writeUInt32BE(checksum(bytes), record + 4);
    head.writeUInt32BE(offset, record + 8);
    head.writeUInt32BE(bytes.length, record + 12);
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    parts.push(padded);
    offset += padded.length;
  });
  return Buffer.concat(parts);
}

function table(tables: Tables, name: string): Buffer {
  const found = tables.get(name);
  if (!found) throw new Error(`the font has no table ${name}`);
  return found;
}

/** Reads big-endian numbers one after another. */
class Cursor {
  readonly bytes: Buffer;
  at: number;
  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  u8(): number {
    return this.bytes.readUInt8(this.at++);
  }
  i8(): number {
    return this.bytes.readInt8(this.at++);
  }
  u16(): number {
    this.at += 2;
    return this.bytes.readUInt16BE(this.at - 2);
  }
  i16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }
  take(count: number): Buffer {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

function i16(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, index) => {
    bytes.writeInt16BE(number, index * 2);
  });
  return bytes;
}

interface Scaled {
  bytes: Buffer;
  points: number;
}

const ON_CURVE = 1;
const X_SHORT = 2;
const Y_SHORT = 4;
const REPEAT = 8;
const X_SAME_OR_POSITIVE = 16;
const Y_SAME_OR_POSITIVE = 32;
const OVERLAP = 64;

function scaleGlyph(glyph: Buffer, by: (n: number) => number): Scaled {
  if (glyph.length === 0) return { bytes: glyph, points: 0 };
  const cursor = new Cursor(glyph);
  const contours = cursor.i16();
  if (contours < 0) return scaleComposite(glyph, by);
  cursor.at = 10;
  const ends = Array.from({ length: contours }, () => cursor.u16());
  cursor.take(cursor.u16());
  const points = (ends.at(-1) ?? -1) + 1;
  const flags: number[] = [];
  while (flags.length < points) {
    const flag = cursor.u8();
    const times = flag & REPEAT ? cursor.u8() + 1 : 1;
    for (let time = 0; time < times; time++) flags.push(flag);
  }
  const coordinates = (short: number, same: number) => {
    let now = 0;
    return flags.map((flag) => {
      if (flag & short) now += flag & same ? cursor.u8() : -cursor.u8();
      else if (!(flag & same)) now += cursor.i16();
      return by(now);
    });
  };
  const xs = coordinates(X_SHORT, X_SAME_OR_POSITIVE);
  const ys = coordinates(Y_SHORT, Y_SAME_OR_POSITIVE);
  const bits = flags.map((flag) => flag & (ON_CURVE | OVERLAP));
  const packed = (values: number[], short: number, same: number) => {
    let before = 0;
    return Buffer.concat(
      values.map((value, index) => {
        const step = value - before;
        before = value;
        if (step === 0) {
          bits[index] = (bits[index] ?? 0) | same;
          return Buffer.alloc(0);
        }
        if (Math.abs(step) > 255) return i16(step);
        bits[index] = (bits[index] ?? 0) | short | (step > 0 ? same : 0);
        return Buffer.from([Math.abs(step)]);
      }),
    );
  };
  const packedX = packed(xs, X_SHORT, X_SAME_OR_POSITIVE);
  const packedY = packed(ys, Y_SHORT, Y_SAME_OR_POSITIVE);
  const bytes = Buffer.concat([
    i16(contours, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), ...ends, 0),
    Buffer.from(bits),
    packedX,
    packedY,
  ]);
  return { bytes: Buffer.concat([bytes, Buffer.alloc(bytes.length & 1)]), points };
}

/** A glyph put together from others: only its box and where its parts stand. Its variation counts a point a part. */
function scaleComposite(glyph: Buffer, by: (n: number) => number): Scaled {
  const bytes = Buffer.from(glyph);
  for (let at = 2; at < 10; at += 2) bytes.writeInt16BE(by(bytes.readInt16BE(at)), at);
  let parts = 0;
  for (let at = 10, more = true; more; parts++) {
    const flags = bytes.readUInt16BE(at);
    const wide = (flags & 1) !== 0;
    if (flags & 2) {
      for (const place of wide ? [at + 4, at + 6] : [at + 4, at + 5]) {
        if (wide) bytes.writeInt16BE(by(bytes.readInt16BE(place)), place);
        else bytes.writeInt8(by(bytes.readInt8(place)), place);
      }
    }
    at += (wide ? 8 : 6) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0);
    more = (flags & 0x20) !== 0;
  }
  return { bytes, points: parts };
}

/** How many points a packed list names; 0 says all of them. */
function skipPoints(cursor: Cursor): number {
  const first = cursor.u8();
  const count = first & 0x80 ? ((first & 0x7f) << 8) | cursor.u8() : first;
  for (let left = count; left > 0;) {
    const control = cursor.u8();
    const run = (control & 0x7f) + 1;
    cursor.take(run * (control & 0x80 ? 2 : 1));
    left -= run;
  }
  return count;
}

function unpackDeltas(cursor: Cursor, count: number): number[] {
  const deltas: number[] = [];
  while (deltas.length < count) {
    const control = cursor.u8();
    for (let left = (control & 0x3f) + 1; left > 0; left--) {
      deltas.push(control & 0x80 ? 0 : control & 0x40 ? cursor.i16() : cursor.i8());
    }
  }
  return deltas;
}

function packDeltas(deltas: number[]): Buffer {
  const kind = (delta: number) => (delta === 0 ? 0x80 : Math.abs(delta) > 127 ? 0x40 : 0);
  const parts: Buffer[] = [];
  for (let from = 0; from < deltas.length;) {
    const first = kind(deltas[from] ?? 0);
    let to = from + 1;
    while (to < deltas.length && to - from < 64 && kind(deltas[to] ?? 0) === first) to++;
    const run = deltas.slice(from, to);
    parts.push(Buffer.from([first | (to - from - 1)]));
    if (first === 0x40) parts.push(i16(...run));
    else if (first === 0) parts.push(Buffer.from(Int8Array.from(run).buffer));
    from = to;
  }
  return Buffer.concat(parts);
}

function scaleVariation(data: Buffer, points: number, axes: number, by: (n: number) => number): Buffer {
  if (data.length === 0) return data;
  const header = new Cursor(data);
  const count = header.u16();
  const body = new Cursor(data, header.u16());
  const parts: Buffer[] = [];
  let shared = 0;
  if (count & 0x8000) {
    const from = body.at;
    shared = skipPoints(body);
    parts.push(data.subarray(from, body.at));
  }
  const headers: Buffer[] = [];
  for (let tuple = 0; tuple < (count & 0x0fff); tuple++) {
    const end = body.at + header.u16();
    const index = header.u16();
    const peaks = header.take(axes * 2 * ((index & 0x8000 ? 1 : 0) + (index & 0x4000 ? 2 : 0)));
    const from = body.at;
    const named = index & 0x2000 ? skipPoints(body) : shared;
    const own = data.subarray(from, body.at);
    const deltas = unpackDeltas(body, 2 * (named || points + 4)).map(by);
    body.at = end;
    const half = deltas.length / 2;
    const serial = Buffer.concat([own, packDeltas(deltas.slice(0, half)), packDeltas(deltas.slice(half))]);
    parts.push(serial);
    const entry = Buffer.alloc(4);
    entry.writeUInt16BE(serial.length, 0);
    entry.writeUInt16BE(index, 2);
    headers.push(entry, peaks);
  }
  const start = Buffer.alloc(4);
  start.writeUInt16BE(count, 0);
  start.writeUInt16BE(4 + headers.reduce((sum, entry) => sum + entry.length, 0), 2);
  const whole = Buffer.concat([start, ...headers, ...parts]);
  return Buffer.concat([whole, Buffer.alloc(whole.length & 1)]);
}

function scaleVariations(gvar: Buffer, points: number[], by: (n: number) => number): Buffer {
  const axes = gvar.readUInt16BE(4);
  const shared = gvar.subarray(gvar.readUInt32BE(8), gvar.readUInt32BE(8) + gvar.readUInt16BE(6) * axes * 2);
  const long = gvar.readUInt16BE(14) & 1;
  const base = gvar.readUInt32BE(16);
  const offset = (index: number) =>
    base + (long ? gvar.readUInt32BE(20 + index * 4) : gvar.readUInt16BE(20 + index * 2) * 2);
  const glyphs = points.map((count, index) =>
    scaleVariation(gvar.subarray(offset(index), offset(index + 1)), count, axes, by),
  );
  const head = Buffer.alloc(20 + (points.length + 1) * 4);
  gvar.copy(head, 0, 0, 16);
  head.writeUInt32BE(head.length, 8);
  head.writeUInt16BE(1, 14);
  head.writeUInt32BE(head.length + shared.length, 16);
  let at = 0;
  glyphs.forEach((glyph, index) => {
    at += glyph.length;
    head.writeUInt32BE(at, 24 + index * 4);
  });
  return Buffer.concat([head, shared, ...glyphs]);
}

// Where 16-bit lengths stand in the tables that hold nothing else of interest.
const LENGTHS: Record<string, number[]> = {
  head: [36, 38, 40, 42],
  hhea: [4, 6, 8, 10, 12, 14, 16],
  "OS/2": [2, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 68, 70, 72, 74, 76, 86, 88],
  post: [8, 10],
};

/** The same font with `unitsPerEm` units to the em. */
export function scaleFont(font: Buffer, unitsPerEm: number): Buffer {
  const tables = read(font);
  const head = table(tables, "head");
  const factor = unitsPerEm / head.readUInt16BE(18);
  const by = (n: number) => Math.round(n * factor);
  for (const [name, places] of Object.entries(LENGTHS)) {
    const bytes = table(tables, name);
    for (const place of places) bytes.writeInt16BE(by(bytes.readInt16BE(place)), place);
  }
  const hmtx = table(tables, "hmtx");
  for (let at = 0; at < hmtx.length; at += 2) hmtx.writeInt16BE(by(hmtx.readInt16BE(at)), at);

  const loca = table(tables, "loca");
  const long = head.readUInt16BE(50) === 1;
  const glyf = table(tables, "glyf");
  const offset = (index: number) => (long ? loca.readUInt32BE(index * 4) : loca.readUInt16BE(index * 2) * 2);
  const glyphs = Array.from({ length: table(tables, "maxp").readUInt16BE(4) }, (_, index) =>
    scaleGlyph(glyf.subarray(offset(index), offset(index + 1)), by),
  );
  const places = Buffer.alloc((glyphs.length + 1) * 4);
  let at = 0;
  glyphs.forEach((glyph, index) => {
    at += glyph.bytes.length;
    places.writeUInt32BE(at, (index + 1) * 4);
  });
  tables.set("glyf", Buffer.concat(glyphs.map((glyph) => glyph.bytes)));
  tables.set("loca", places);
  tables.set(
    "gvar",
    scaleVariations(
      table(tables, "gvar"),
      glyphs.map((glyph) => glyph.points),
      by,
    ),
  );
  head.writeUInt16BE(unitsPerEm, 18);
  head.writeUInt16BE(1, 50);
  return write(tables);
}
