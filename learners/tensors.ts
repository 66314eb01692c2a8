/**
 * Named tensors as bytes: state and contributions that programs in any language can read and add.
 *
 * One encoding for equal tensors: sorted names, little-endian numbers, every part at a multiple of
 * 8 bytes, zeros between parts, finite numbers only. So a SHA-256 names the tensors, and arrays are
 * views over the bytes. Reading checks every length before it is used; the layout stands in
 * `docs/protocol.md`. Knows no learner and no round.
 */
import { LearnerError } from './errors.ts';

export type TensorData = Float64Array | Float32Array | Int32Array;
export type Dtype = 'f64' | 'f32' | 'i32';

export interface Tensor {
  /** 1 to 255 bytes of UTF-8; no two tensors of one set share it. */
  readonly name: string;
  /** Sizes of the dimensions, the slowest first; empty for a single number. At most 8. */
  readonly shape: readonly number[];
  /** Row-major, as many numbers as the shape says; its class is the type of the elements. */
  readonly data: TensorData;
}

/** Tensors by name, in the order in which they were stored. */
export type Tensors = ReadonlyMap<string, Tensor>;

const MAGIC = 'SHOALTEN';
const HEAD = 16;
const FORMAT = 1;
const RANK_MAX = 8;
const NAME_MAX = 255;
/** Tensors in one set. */
const COUNT_MAX = 65_535;
const DTYPES = { f64: 1, f32: 2, i32: 3 } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The canonical bytes of a set of tensors, given in any order; equal sets give equal bytes.
 * @returns bytes in shared memory of their own
 * @throws LearnerError for numbers that are not finite, shapes that do not fit, names twice
 */
export function writeTensors(tensors: readonly Tensor[]): Uint8Array {
  checkOrder();
  if (tensors.length > COUNT_MAX) {
    throw new LearnerError(`${tensors.length} tensors, at most ${COUNT_MAX} are possible`);
  }
  const named = tensors.map((tensor) => ({ tensor, name: nameBytes(tensor.name) }));
  named.sort((a, b) => compareBytes(a.name, b.name));
  let size = HEAD;
  for (const [i, { tensor, name }] of named.entries()) {
    check(tensor);
    if (i > 0 && compareBytes(named[i - 1]!.name, name) === 0) {
      throw new LearnerError(`two tensors are called "${tensor.name}"`);
    }
    size += headSize(tensor.shape.length, name.length) + padded(tensor.data.byteLength);
  }
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  const view = new DataView(bytes.buffer);
  bytes.set(encoder.encode(MAGIC));
  view.setUint32(8, FORMAT, true);
  view.setUint32(12, named.length, true);
  let at = HEAD;
  for (const { tensor, name } of named) {
    view.setUint8(at, DTYPES[dtypeOf(tensor.data)]);
    view.setUint8(at + 1, tensor.shape.length);
    view.setUint16(at + 2, name.length, true);
    tensor.shape.forEach((length, i) => {
      view.setUint32(at + 4 + 4 * i, length, true);
    });
    bytes.set(name, at + 4 + 4 * tensor.shape.length);
    at += headSize(tensor.shape.length, name.length);
    const { buffer, byteOffset, byteLength } = tensor.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += padded(byteLength);
  }
  return bytes;
}

/**
 * Reads a set of tensors, as views over the bytes (over one copy where those are not aligned).
 * @throws LearnerError on anything but the canonical bytes of a set
 */
export function readTensors(given: Uint8Array): Tensors {
  checkOrder();
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD || !encoder.encode(MAGIC).every((byte, i) => byte === bytes[i])) {
    throw unsound('they do not begin as tensors do');
  }
  const format = view.getUint32(8, true);
  if (format !== FORMAT) throw unsound(`they have format ${format}, format ${FORMAT} is known`);
  const count = view.getUint32(12, true);
  const tensors = new Map<string, Tensor>();
  let before: Uint8Array | null = null;
  let at = HEAD;
  for (let i = 0; i < count; i++) {
    const { tensor, name, end } = readTensor(bytes, view, at);
    if (before !== null && compareBytes(before, name) >= 0) {
      throw unsound(`name "${tensor.name}" does not follow in order`);
    }
    before = name;
    tensors.set(tensor.name, tensor);
    at = end;
  }
  if (at !== bytes.length) throw unsound(`${bytes.length - at} bytes follow the last tensor`);
  return tensors;
}

function readTensor(bytes: Uint8Array, view: DataView, at: number) {
  if (bytes.length - at < 8) throw unsound(`they end at byte ${bytes.length} inside a tensor`);
  const dtype = view.getUint8(at);
  const rank = view.getUint8(at + 1);
  const nameLength = view.getUint16(at + 2, true);
  if (rank > RANK_MAX) throw unsound(`${rank} dimensions, at most ${RANK_MAX} are possible`);
  if (nameLength < 1 || nameLength > NAME_MAX) throw unsound(`a name has ${nameLength} bytes`);
  const dataAt = at + headSize(rank, nameLength);
  if (dataAt > bytes.length) throw unsound(`they end at byte ${bytes.length} inside a tensor`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(at + 4 + 4 * i, true));
  const nameAt = at + 4 + 4 * rank;
  const name = bytes.slice(nameAt, nameAt + nameLength);
  const elements = shape.reduce((product, length) => product * length, 1);
  const size = elements * (dtype === DTYPES.f64 ? 8 : 4);
  if (!(size <= bytes.length - dataAt) || padded(size) > bytes.length - dataAt) {
    throw unsound(`${size} bytes announced, ${bytes.length - dataAt} are left`);
  }
  const end = dataAt + padded(size);
  checkZeros(bytes, nameAt + nameLength, dataAt);
  checkZeros(bytes, dataAt + size, end);
  const data = dataIn(dtype, bytes, dataAt, elements);
  const tensor = { name: textOf(name), shape, data };
  checkFinite(tensor);
  return { tensor, name, end };
}

/** The numbers of a tensor that must be there, of this shape. @throws LearnerError otherwise */
export function doublesOf(tensors: Tensors, name: string, shape: readonly number[]): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw new LearnerError(`there is no tensor "${name}", only ${[...tensors.keys()].join(', ')}`);
  }
  const { data } = tensor;
  if (data instanceof Float64Array && String(tensor.shape) === String(shape)) return data;
  const found = `${dtypeOf(data)}[${tensor.shape}]`;
  throw new LearnerError(`tensor "${name}" is ${found}, f64[${shape}] is wanted`);
}

export function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float64Array) return 'f64';
  return data instanceof Float32Array ? 'f32' : 'i32';
}

function dataIn(dtype: number, bytes: Uint8Array, at: number, elements: number): TensorData {
  const from = bytes.byteOffset + at;
  switch (dtype) {
    case DTYPES.f64:
      return new Float64Array(bytes.buffer, from, elements);
    case DTYPES.f32:
      return new Float32Array(bytes.buffer, from, elements);
    case DTYPES.i32:
      return new Int32Array(bytes.buffer, from, elements);
    default:
      throw unsound(`type ${dtype} is not known`);
  }
}

function check(tensor: Tensor): void {
  const { name, shape, data } = tensor;
  if (shape.length > RANK_MAX) {
    throw new LearnerError(`tensor "${name}" has ${shape.length} dimensions, at most ${RANK_MAX}`);
  }
  for (const length of shape) {
    if (Number.isInteger(length) && length >= 0 && length < 2 ** 32) continue;
    throw new LearnerError(`tensor "${name}" has a dimension of ${length}`);
  }
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements !== data.length) {
    throw new LearnerError(`tensor "${name}" of [${shape}] holds ${data.length} numbers`);
  }
  checkFinite(tensor);
}

function checkFinite({ name, data }: Tensor): void {
  if (data instanceof Int32Array) return;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new LearnerError(`number ${i} of tensor "${name}" is ${data[i]}, not a finite one`);
  }
}

function checkZeros(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== 0) throw unsound(`byte ${i} between two parts is not zero`);
  }
}

function nameBytes(name: string): Uint8Array {
  const bytes = encoder.encode(name);
  if (name.isWellFormed() && bytes.length >= 1 && bytes.length <= NAME_MAX) return bytes;
  throw new LearnerError(`tensor name ${JSON.stringify(name.slice(0, 80))} is not 1 to 255 bytes`);
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw unsound('a name is not UTF-8');
  }
}

/** Bytes before a tensor's numbers. */
function headSize(rank: number, nameLength: number): number {
  return padded(4 + 4 * rank + nameLength);
}

function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function checkOrder(): void {
  if (!littleEndian) throw new Error('named tensors need a little-endian processor');
}

function unsound(why: string): LearnerError {
  return new LearnerError(`these bytes are not named tensors: ${why}`);
}
