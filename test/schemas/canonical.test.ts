/**
 * The canonical encoding: round trip, one encoding a value, and garbage gives the typed error only.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CanonicalError,
  CanonicalReader,
  CanonicalWriter,
  canonicalJson,
  sha256Hex,
} from '../../schemas/canonical.ts';

const text = fc.string({ unit: 'grapheme' });
const field = fc.oneof(
  fc.record({ type: fc.constant('uint' as const), value: fc.maxSafeNat() }),
  fc.record({ type: fc.constant('float' as const), value: fc.double() }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('text' as const), value: text }),
  fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array() }),
  fc.record({ type: fc.constant('u16s' as const), value: fc.uint16Array() }),
  fc.record({ type: fc.constant('u32s' as const), value: fc.uint32Array() }),
  fc.record({ type: fc.constant('f64s' as const), value: fc.float64Array() }),
);
type Field = typeof field extends fc.Arbitrary<infer T> ? T : never;

function encode(fields: readonly Field[]): Uint8Array {
  const writer = new CanonicalWriter(1);
  for (const { type, value } of fields) (writer[type] as (v: unknown) => void).call(writer, value);
  return writer.finish();
}

function decode(bytes: Uint8Array, types: readonly Field['type'][]): unknown[] {
  const reader = new CanonicalReader(bytes);
  const values = types.map((type) => reader[type]());
  reader.end();
  return values;
}

/** -0 is written as 0. */
function oneZero(value: Field['value']): Field['value'] {
  if (typeof value === 'number') return value + 0;
  return value instanceof Float64Array ? value.map((v) => v + 0) : value;
}

describe('canonical encoding', () => {
  it('decode undoes encode', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const types = fields.map((f) => f.type);
        const values = decode(encode(fields), types);
        expect(values.map((v) => (v instanceof Uint8Array ? Array.from(v) : v))).toEqual(
          fields
            .map((f) => oneZero(f.value))
            .map((v) => (v instanceof Uint8Array ? Array.from(v) : v)),
        );
      }),
    );
  });

  it('equal values have equal bytes: one NaN, one zero', () => {
    const odd = new Float64Array(
      new BigUint64Array([0xfff8000000000123n, 0x8000000000000000n]).buffer,
    );
    const plain = new CanonicalWriter().f64s(Float64Array.of(Number.NaN, 0)).finish();
    expect(new CanonicalWriter().f64s(odd).finish()).toEqual(plain);
  });

  it('what decodes encodes to the same bytes, so each value has one encoding', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), fc.nat(), fc.nat(255), (fields, at, byte) => {
        const bytes = encode(fields).slice();
        bytes[at % bytes.length] = byte;
        const types = fields.map((f) => f.type);
        let values: unknown[];
        try {
          values = decode(bytes, types);
        } catch (error) {
          expect(error).toBeInstanceOf(CanonicalError);
          return;
        }
        const again = values.map((value, i) => ({ type: types[i], value }) as Field);
        expect(encode(again)).toEqual(bytes);
      }),
    );
  });

  it('garbage gives the typed error and allocates nothing large', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(field.map((f) => f.type)), (bytes, types) => {
        try {
          decode(bytes, types);
        } catch (error) {
          expect(error).toBeInstanceOf(CanonicalError);
        }
      }),
    );
    const announced = Uint8Array.of(8, 0xff, 0xff, 0xff, 0x0f, 0);
    expect(() => new CanonicalReader(announced).f64s()).toThrow(/bytes announced, 1 are left/);
  });

  it('bounds are kept and named', () => {
    expect(() => new CanonicalReader(new Uint8Array(11), 10)).toThrow(
      '11 bytes are more than the 10',
    );
    const bytes = new CanonicalWriter().text('abcd').uint(9).finish();
    expect(() => new CanonicalReader(bytes).text(3)).toThrow('4 items are more than the 3 allowed');
    const reader = new CanonicalReader(bytes);
    reader.text();
    expect(() => reader.uint(8)).toThrow('9 is more than the 8 allowed');
    expect(() => new CanonicalReader(bytes).end()).toThrow(/bytes follow the last field/);
    expect(() => new CanonicalWriter().uint(-1)).toThrow(CanonicalError);
    expect(() => new CanonicalWriter().text('\ud800')).toThrow(CanonicalError);
  });
});

describe('canonical JSON', () => {
  it('does not depend on key order and parses back', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], c: undefined, d: -0 })).toBe(
      '{"a":[true,null,"x"],"b":1,"d":0}',
    );
    fc.assert(
      fc.property(fc.dictionary(text, fc.jsonValue()), (value) => {
        const flipped = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(flipped)).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it('refuses what JSON cannot hold, naming the place', () => {
    expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow('value.a[1] is NaN');
    expect(() => canonicalJson({ a: new Map() })).toThrow('value.a is not a plain object');
    expect(() => canonicalJson([undefined])).toThrow('value[0] is a undefined');
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => canonicalJson(loop)).toThrow(/nested deeper than 256/);
  });

  it('sha256Hex is SHA-256', () => {
    expect(sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
