/**
 * The CSV kernel in WebAssembly, over memory of its own: the twin of `PlainCsvKernel`.
 *
 * Scans alike to the byte. Its `parse` decides more numbers by itself (up to 19 digits and
 * exponents), always exactly rounded; what it leaves as NaN the text version decides, so both
 * kernels read the same values.
 */

import { blockCapacity, blockPad, boundsLength, type CsvKernel } from './csv-kernel.ts';
import { columnsMax } from './data-schema.ts';
import { csvKernelWasm } from './kernels/generated/csv-kernel.ts';
import { exactPowersOfTen } from './number-text.ts';

/** What this file uses of WebAssembly: the compiler's libraries without a browser lack its types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Exports {
  place(
    block: number,
    bounds: number,
    boundsLength: number,
    values: number,
    powers: number,
    fives: number,
    shapes: number,
    first: number,
    last: number,
  ): void;
  configure(delimiter: number, columns: number): void;
  scan(from: number, to: number, final: number): number;
  parse(column: number, rows: number): number;
}

/** Exponents of ten between which numbers with many digits are decided. */
const firstPower = -80;
const lastPower = 80;
/** The scan writes a few positions past the last before it knows how many there are. */
const boundsSlack = 64;
const pageBytes = 64 * 1024;

/** Addresses in the kernel's memory; the state lies at 0. */
const layout = (() => {
  let next = 64;
  const take = (bytes: number) => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64;
    return at;
  };
  return {
    powers: take(exactPowersOfTen.byteLength),
    fives: take((lastPower - firstPower + 1) * 16),
    shapes: take(3 * 81 * 8),
    block: take(blockPad + blockCapacity + 64),
    bounds: take((boundsLength + boundsSlack) * 4),
    values: take((boundsLength / 2) * 8),
    bytes: next,
  };
})();

let compiled: object | undefined;
let fives: BigUint64Array | undefined;

export class WasmCsvKernel implements CsvKernel {
  readonly block: Uint8Array;
  readonly bounds: Int32Array;
  readonly values: Float64Array;
  readonly #state: Int32Array;
  readonly #exports: Exports;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(csvKernelWasm, 'base64'));
    fives ??= powersOfFive();
    const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / pageBytes) });
    const instance = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#exports = instance.exports as Exports;
    const { buffer } = memory;
    this.block = new Uint8Array(buffer, layout.block, blockPad + blockCapacity);
    this.bounds = new Int32Array(buffer, layout.bounds, boundsLength);
    this.values = new Float64Array(buffer, layout.values, boundsLength / 2);
    this.#state = new Int32Array(buffer, 0, 5);
    new Float64Array(buffer, layout.powers, exactPowersOfTen.length).set(exactPowersOfTen);
    new BigUint64Array(buffer, layout.fives, fives.length).set(fives);
    const { block, bounds, values, powers, shapes } = layout;
    const range = [firstPower, lastPower] as const;
    const tables = [powers, layout.fives, shapes] as const;
    this.#exports.place(block, bounds, boundsLength, values, ...tables, ...range);
  }

  get consumed(): number {
    return this.#state[0]!;
  }

  get fault(): number {
    return this.#state[1]!;
  }

  get faultAt(): number {
    return this.#state[2]!;
  }

  get quotedNewlines(): number {
    return this.#state[3]!;
  }

  get newline(): number {
    return this.#state[4]!;
  }

  set newline(style: number) {
    this.#state[4] = style;
  }

  configure(delimiter: number, columns: number): void {
    if (columns < 1 || columns > columnsMax) throw new RangeError(`${columns} columns`);
    this.#exports.configure(delimiter, columns);
  }

  scan(from: number, to: number, final: boolean): number {
    if (from < blockPad || to > this.block.length) throw new RangeError(`scan ${from} to ${to}`);
    return this.#exports.scan(from, to, final ? 1 : 0);
  }

  parse(column: number, rows: number): number {
    if (rows > this.values.length) throw new RangeError(`${rows} rows`);
    return this.#exports.parse(column, rows);
  }
}

/**
 * 128 bits of 5^q for each q from `firstPower` to `lastPower`, most significant bit set, the high
 * word first: cut off for q >= 0, rounded up for q < 0 (the table of Lemire's fast_float).
 */
function powersOfFive(): BigUint64Array {
  const table = new BigUint64Array((lastPower - firstPower + 1) * 2);
  const top = 1n << 128n;
  for (let q = firstPower; q <= lastPower; q++) {
    const power = 5n ** BigInt(Math.abs(q));
    let value: bigint;
    if (q >= 0) {
      value = power;
      while (value < top >> 1n) value <<= 1n;
    } else {
      const bits = BigInt(power.toString(2).length);
      const shift = q >= -27 ? bits + 127n : 2n * bits + 128n;
      value = (1n << shift) / power + 1n;
    }
    while (value >= top) value >>= 1n;
    table[(q - firstPower) * 2] = value >> 64n;
    table[(q - firstPower) * 2 + 1] = value & ((1n << 64n) - 1n);
  }
  return table;
}
