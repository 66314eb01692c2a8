/**
 * One field as its value: quotes taken off, doubled quotes halved, blanks around unquoted text
 * trimmed. Works on bytes and copies only where a doubled quote makes it necessary.
 */

const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/** A reusable result: the value is `bytes[start, end)` until the next `read`. */
export class CsvField {
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes as a view. */
  view: DataView = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  #scratch = new Uint8Array(256);
  #blockView = this.view;

  /** Reads the raw field `block[start, end)`, which the scanner found well formed. */
  read(block: Uint8Array, start: number, end: number): void {
    if (this.#blockView.buffer !== block.buffer) this.#blockView = viewOf(block);
    this.bytes = block;
    this.view = this.#blockView;
    if (start < end && block[start] === QUOTE) {
      this.start = start + 1;
      this.end = end - 1;
      const inner = block.indexOf(QUOTE, this.start);
      if (inner < this.end) this.#unescape(block);
      return;
    }
    while (start < end && isBlank(block[start]!)) start++;
    while (end > start && isBlank(block[end - 1]!)) end--;
    this.start = start;
    this.end = end;
  }

  /** The value as text. */
  text(): string {
    return decodeUtf8(this.bytes, this.start, this.end);
  }

  #unescape(block: Uint8Array): void {
    const length = this.end - this.start;
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(length * 2);
    const scratch = this.#scratch;
    let size = 0;
    for (let i = this.start; i < this.end; i++) {
      const byte = block[i]!;
      scratch[size++] = byte;
      if (byte === QUOTE) i++;
    }
    this.bytes = scratch;
    this.view = viewOf(scratch);
    this.start = 0;
    this.end = size;
  }
}

/** A view of all of the bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Whether a field is its own value, nothing to take off: not empty, not quoted, no blank at its
 * ends. May say no where it is.
 */
export function isPlainField(block: Uint8Array, start: number, end: number): boolean {
  return start < end && block[start]! > QUOTE && block[end - 1]! > SPACE;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** Text of `bytes[start, end)`, taken to be UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
