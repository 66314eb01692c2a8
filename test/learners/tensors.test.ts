/** Named tensors: one encoding for equal sets, views without copies, nothing else is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LearnerError } from '../../learners/errors.ts';
import {
  doublesOf,
  dtypeOf,
  readTensors,
  type Tensor,
  type TensorData,
  writeTensors,
} from '../../learners/tensors.ts';
import { sha256Hex } from '../../schemas/canonical.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const floats = fc.float({ noNaN: true, noDefaultInfinity: true });
const shapes = fc.array(fc.nat(4), { maxLength: 3 });

function dataOf(elements: number): fc.Arbitrary<TensorData> {
  const exactly = { minLength: elements, maxLength: elements };
  return fc.oneof(
    fc.array(finite, exactly).map((list): TensorData => Float64Array.from(list)),
    fc.array(floats, exactly).map((list): TensorData => Float32Array.from(list)),
    fc.array(fc.integer(), exactly).map((list): TensorData => Int32Array.from(list)),
  );
}

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), shapes)
  .chain(([name, shape]) =>
    dataOf(shape.reduce((product, length) => product * length, 1)).map((data) => ({
      name,
      shape,
      data,
    })),
  );
const sets = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 });

const model: Tensor[] = [
  { name: 'b', shape: [], data: Float64Array.of(0.5) },
  { name: 'W', shape: [3], data: Float64Array.of(1, -0, 2 ** -1074) },
  { name: 'rows', shape: [1], data: Int32Array.of(-7) },
];

describe('named tensors', () => {
  it('[P35] are read as they were written, in order of their names, as views', () => {
    fc.assert(
      fc.property(sets, (list) => {
        const bytes = writeTensors(list);
        const read = readTensors(bytes);
        expect(read.size).toBe(list.length);
        for (const { name, shape, data } of list) {
          const found = read.get(name)!;
          expect(found.shape).toEqual(shape);
          expect(dtypeOf(found.data)).toBe(dtypeOf(data));
          // Bit for bit: -0 is not 0.
          expect(Buffer.from(bytesOf(found.data)).equals(bytesOf(data))).toBe(true);
          expect(found.data.buffer).toBe(bytes.buffer);
          expect(found.data.byteOffset % 8).toBe(0);
        }
        const names = [...read.keys()];
        expect(names).toEqual([...names].sort((a, b) => Buffer.compare(utf8(a), utf8(b))));
      }),
    );
  });

  it('have one encoding, whatever the order in which they are given', () => {
    fc.assert(
      fc.property(sets, (list) => {
        const bytes = writeTensors(list);
        expect(sha256Hex(writeTensors([...list].reverse()))).toBe(sha256Hex(bytes));
        expect(Buffer.from(writeTensors([...readTensors(bytes).values()])).equals(bytes)).toBe(
          true,
        );
      }),
    );
  });

  it('are the bytes that the protocol describes', () => {
    const bytes = writeTensors(model);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        '53484f414c54454e' + '01000000' + '03000000',
        '01010100' + '03000000' + '57' + '00000000000000',
        '000000000000f03f' + '0000000000000080' + '0100000000000000',
        '01000100' + '62' + '000000',
        '000000000000e03f',
        '03010400' + '01000000' + '726f7773' + '00000000',
        'f9ffffff' + '00000000',
      ].join(''),
    );
  });

  it('are read at any place in memory', () => {
    const bytes = writeTensors(model);
    for (const offset of [0, 1, 4, 8]) {
      const room = new Uint8Array(bytes.length + offset + 3);
      room.set(bytes, offset);
      const read = readTensors(room.subarray(offset, offset + bytes.length));
      expect(doublesOf(read, 'W', [3])[2]).toBe(2 ** -1074);
    }
  });

  it('say what is missing or of another shape', () => {
    const read = readTensors(writeTensors(model));
    expect(doublesOf(read, 'b', [])).toEqual(Float64Array.of(0.5));
    expect(() => doublesOf(read, 'w', [3])).toThrow('no tensor "w", only W, b, rows');
    expect(() => doublesOf(read, 'W', [3, 1])).toThrow('"W" is f64[3], f64[3,1] is wanted');
    expect(() => doublesOf(read, 'rows', [1])).toThrow('"rows" is i32[1], f64[1] is wanted');
  });

  it('cannot be made of what is no sound set', () => {
    const wrong: [Tensor[], RegExp][] = [
      [[{ name: 'a', shape: [1], data: Float64Array.of(Number.NaN) }], /number 0 .* is NaN/],
      [[{ name: 'a', shape: [1], data: Float32Array.of(Infinity) }], /is Infinity/],
      [[{ name: 'a', shape: [2, 2], data: new Float64Array(3) }], /of \[2,2\] holds 3 numbers/],
      [[{ name: 'a', shape: [], data: new Float64Array(0) }], /holds 0 numbers/],
      [[{ name: 'a', shape: [-1], data: new Float64Array(0) }], /dimension of -1/],
      [[{ name: 'a', shape: [0.5], data: new Float64Array(0) }], /dimension of 0.5/],
      [[{ name: '', shape: [], data: new Float64Array(1) }], /not 1 to 255 bytes/],
      [[{ name: 'é'.repeat(128), shape: [], data: new Float64Array(1) }], /not 1 to 255 bytes/],
      [[{ name: 'a', shape: new Array(9).fill(1), data: new Float64Array(1) }], /9 dimensions/],
      [[model[0]!, { ...model[1]!, name: 'b' }], /two tensors are called "b"/],
    ];
    for (const [list, message] of wrong) {
      expect(() => writeTensors(list)).toThrow(LearnerError);
      expect(() => writeTensors(list)).toThrow(message);
    }
  });
});

describe('[P36] bytes that were torn or made up', () => {
  const good = writeTensors(model);

  it('cut off anywhere, or with more behind, are refused', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => readTensors(good.subarray(0, length))).toThrow(LearnerError);
    }
    expect(() => readTensors(Buffer.concat([good, Buffer.alloc(8)]))).toThrow(/8 bytes follow/);
  });

  it('with any change either are refused, or are another sound set in its one encoding', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = new Uint8Array(good);
        changed[at]! ^= flip;
        try {
          const again = writeTensors([...readTensors(changed).values()]);
          expect(Buffer.from(again).equals(changed)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(LearnerError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('of any content give one kind of error and allocate no more than they are long', () => {
    const head = good.subarray(0, 16);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((rest) => new Uint8Array(Buffer.concat([head, rest]))),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          readTensors(input);
        } catch (error) {
          expect(error).toBeInstanceOf(LearnerError);
        }
      }),
      { numRuns: 2_000 },
    );
    const huge = new Uint8Array(good);
    // A dimension of 2^32 - 1 in a set of a few bytes.
    huge.fill(255, 20, 24);
    expect(() => readTensors(huge)).toThrow(/bytes announced/);
  });

  it('with names out of order or twice are refused', () => {
    const one = { name: 'a', shape: [], data: Float64Array.of(1) };
    const two = { name: 'b', shape: [], data: Float64Array.of(2) };
    const bytes = new Uint8Array(writeTensors([one, two]));
    const swapped = new Uint8Array(bytes);
    swapped.set(bytes.subarray(32, 48), 16);
    swapped.set(bytes.subarray(16, 32), 32);
    expect(() => readTensors(swapped)).toThrow('name "a" does not follow in order');
    swapped.set(bytes.subarray(32, 48), 32);
    expect(() => readTensors(swapped)).toThrow('name "b" does not follow in order');
  });
});

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
