/**
 * The envelope and the records: versions checked first, unknown fields kept, damage refused.
 */
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { shoal } from '../../schemas/generated/shoal.js';
import {
  decodeMessage,
  encodeMessage,
  type MessageKind,
  type RecordCodec,
  records,
  recordVersion,
  wireVersion,
} from '../../schemas/wire.ts';
import { messageTypes, plain, sampleOf } from './proto-samples.ts';

const kinds = [
  'heartbeat',
  'offers',
  'control',
  'control-reply',
  'round-open',
  'round-ready',
  'pull',
  'reduce',
  'reduce-reply',
] as const satisfies readonly MessageKind[];
const typeOf: Readonly<Record<string, string>> = {
  heartbeat: 'Heartbeat',
  offers: 'Offers',
  control: 'Control',
  'control-reply': 'ControlReply',
  'round-open': 'RoundOpen',
  'round-ready': 'RoundReady',
  pull: 'Pull',
  reduce: 'Reduce',
  'reduce-reply': 'ReduceReply',
  task: 'TaskRecord',
  job: 'JobRecord',
  lease: 'LeaseRecord',
  layout: 'LayoutRecord',
  blob: 'BlobRecord',
  dataset: 'DatasetRecord',
  model: 'ModelRecord',
  roundState: 'RoundStateRecord',
};

function sample(kind: string): Record<string, unknown> {
  const type = messageTypes().find(({ name }) => name === typeOf[kind]);
  if (type === undefined) throw new Error(`no message for "${kind}"`);
  const made = sampleOf(type);
  if ('minReader' in made) made.minReader = recordVersion;
  return made;
}

/** A field that no version of ours knows. */
function withUnknown(bytes: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32((1_000 << 3) | 0).uint32(7);
  writer.uint32((1_001 << 3) | 2).string('from the future');
  return Buffer.concat([bytes, writer.finish()]);
}

const future = Buffer.from(withUnknown(new Uint8Array())).toString('hex');
const recordCases = Object.entries(records) as [string, RecordCodec<{ minReader: number }>][];

describe('envelope', () => {
  it.each(kinds)('carries a %s there and back', (kind: MessageKind) => {
    const decoded = decodeMessage(kind, encodeMessage(kind, sample(kind)));
    expect(plain(decoded)).toMatchObject(plain(sample(kind)) as object);
  });

  it('[P16] refuses an unknown version by name, before it looks at the body', () => {
    const body = Uint8Array.of(255, 255, 255);
    for (const version of [0, wireVersion + 1, 4_000_000_000]) {
      const bytes = shoal.Envelope.encode({ version, kind: 'heartbeat', body }).finish();
      expect(() => decodeMessage('heartbeat', bytes)).toThrow(
        expect.objectContaining({
          code: 'unknown-version',
          family: 'terminal',
          message: expect.stringMatching(new RegExp(`${version}.*${wireVersion}`)),
        }),
      );
    }
  });

  it('refuses another kind than the one expected', () => {
    const bytes = encodeMessage('control', { verb: 'ping' });
    expect(() => decodeMessage('heartbeat', bytes)).toThrow(
      expect.objectContaining({ code: 'unexpected-kind' }),
    );
  });

  it.each(kinds)('[P16] answers any damage to %s with a named error', (kind) => {
    const good = encodeMessage(kind, sample(kind));
    const damage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(good.length).map((length) => good.subarray(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => {
        const copy = new Uint8Array(good);
        copy[at] = value;
        return copy;
      }),
    );
    fc.assert(
      fc.property(damage, (bytes) => {
        try {
          decodeMessage(kind, bytes);
        } catch (error) {
          expect(error).toMatchObject({ family: 'terminal' });
          expect(['bad-message', 'unknown-version', 'unexpected-kind']).toContain(
            (error as { code: string }).code,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('records', () => {
  it.each(recordCases)('%s: fields unknown here survive a change', (kind, codec) => {
    const bytes = codec.encode(codec.create(sample(kind)));
    const record = codec.decode(withUnknown(bytes));
    Object.assign(record, 'term' in record ? { term: 77 } : { minReader: recordVersion });
    const written = codec.encode(record);
    expect(Buffer.from(written).toString('hex')).toContain(future);
    const expected = 'term' in record ? { ...sample(kind), term: 77 } : sample(kind);
    expect(plain(codec.decode(written))).toMatchObject(plain(expected) as object);
  });

  it('fields unknown here survive inside lists, too', () => {
    const version = shoal.ModelVersion.encode({ version: 1, digest: 'd' }).finish();
    const bytes = protobuf.Writer.create();
    bytes.uint32((3 << 3) | 2).bytes(withUnknown(version));
    const record = records.model.decode(bytes.finish());
    record.live = 1;
    expect(Buffer.from(records.model.encode(record)).toString('hex')).toContain(future);
  });

  it.each(recordCases)('%s: a record for newer readers is refused by name', (kind, codec) => {
    const bytes = codec.encode(codec.create({ ...sample(kind), minReader: recordVersion + 1 }));
    expect(() => codec.decode(bytes)).toThrow(
      expect.objectContaining({ code: 'newer-record', family: 'terminal' }),
    );
  });

  it.each(recordCases)('%s: 64-bit numbers are numbers', (kind, codec) => {
    const decoded = codec.decode(codec.encode(codec.create(sample(kind))));
    const odd = Object.values(decoded).filter(
      (value) => typeof value === 'object' && value !== null && 'low' in value,
    );
    expect(odd).toEqual([]);
  });
});
