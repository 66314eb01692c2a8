/**
 * The envelope codec: what travels in core NATS messages, and what stands in records.
 *
 * Every message is an `Envelope` with a version, checked before its body is looked at. Records are
 * bare protobuf with a `minReader`; fields that this version does not know survive a
 * read-modify-write, so an older process never strips what a newer one wrote.
 */
import protobuf from 'protobufjs/minimal.js';
import { TerminalError } from './errors.ts';
import { shoal } from './generated/shoal.js';

export const wireVersion = 1;
/** The newest record format that this code can read. */
export const recordVersion = 1;

protobuf.Reader.discardUnknown = false;
// Without this, 64-bit fields decode to objects wherever the `long` package is installed.
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

export type Heartbeat = shoal.Heartbeat;
export type Offer = shoal.Offer.$Properties;
export type TaskRecord = shoal.TaskRecord;
export type JobRecord = shoal.JobRecord;
export type LeaseRecord = shoal.LeaseRecord;
export type LayoutRecord = shoal.LayoutRecord;
export type BlobRecord = shoal.BlobRecord;
export type DatasetRecord = shoal.DatasetRecord;
export type DatasetVersion = shoal.DatasetVersion.$Properties;
export type ModelRecord = shoal.ModelRecord;
export type ModelVersion = shoal.ModelVersion.$Properties;
export type RoundStateRecord = shoal.RoundStateRecord;
export type RoundReport = shoal.RoundReport.$Properties;
export type Share = shoal.Share.$Properties;
export const TaskState = shoal.TaskState;

const messages = {
  heartbeat: shoal.Heartbeat,
  offers: shoal.Offers,
  control: shoal.Control,
  'control-reply': shoal.ControlReply,
  'round-open': shoal.RoundOpen,
  'round-ready': shoal.RoundReady,
  pull: shoal.Pull,
  reduce: shoal.Reduce,
  'reduce-reply': shoal.ReduceReply,
} as const;

export interface MessageShapes {
  heartbeat: shoal.Heartbeat;
  offers: shoal.Offers;
  control: shoal.Control;
  'control-reply': shoal.ControlReply;
  'round-open': shoal.RoundOpen;
  'round-ready': shoal.RoundReady;
  pull: shoal.Pull;
  reduce: shoal.Reduce;
  'reduce-reply': shoal.ReduceReply;
}
export type MessageKind = keyof MessageShapes;

interface Codec<T> {
  create(properties?: object): T;
  encode(message: T): protobuf.Writer;
  decode(bytes: Uint8Array): T;
}

/** Reads protobuf bytes; any failure of the decoder is the sender's fault, never ours. */
function decodeWith<T>(codec: Codec<T>, bytes: Uint8Array, what: string): T {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    throw new TerminalError('bad-message', `${what} of ${bytes.length} bytes does not decode`, {
      cause,
    });
  }
}

export function encodeMessage<K extends MessageKind>(kind: K, message: object): Uint8Array {
  const codec = messages[kind] as unknown as Codec<object>;
  const body = codec.encode(message).finish();
  return shoal.Envelope.encode({ version: wireVersion, kind, body }).finish();
}

/** Opens an envelope that must hold a message of this kind. */
export function decodeMessage<K extends MessageKind>(kind: K, bytes: Uint8Array): MessageShapes[K] {
  const envelope = decodeWith(
    shoal.Envelope as unknown as Codec<shoal.Envelope>,
    bytes,
    'envelope',
  );
  if (envelope.version !== wireVersion) {
    throw new TerminalError(
      'unknown-version',
      `message has wire version ${envelope.version}, this process speaks ${wireVersion}`,
      { fix: 'run the same release of shoal on every host' },
    );
  }
  if (envelope.kind !== kind) {
    throw new TerminalError(
      'unexpected-kind',
      `message is ${JSON.stringify(envelope.kind.slice(0, 40))}, expected "${kind}"`,
    );
  }
  return decodeWith(messages[kind] as unknown as Codec<MessageShapes[K]>, envelope.body, kind);
}

export interface RecordCodec<T> {
  readonly name: string;
  create(properties?: object): T;
  encode(record: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

function recordCodec<T extends { minReader: number }>(name: string, type: unknown): RecordCodec<T> {
  const codec = type as Codec<T>;
  return {
    name,
    create: (properties) => codec.create({ minReader: recordVersion, ...properties }),
    encode: (record) => codec.encode(record).finish(),
    decode(bytes) {
      const record = decodeWith(codec, bytes, name);
      if (record.minReader > recordVersion) {
        throw new TerminalError(
          'newer-record',
          `${name} needs a reader of version ${record.minReader}, this process reads ${recordVersion}`,
          { fix: 'upgrade shoal on this host' },
        );
      }
      return record;
    },
  };
}

export const records = {
  task: recordCodec<TaskRecord>('task record', shoal.TaskRecord),
  job: recordCodec<JobRecord>('job record', shoal.JobRecord),
  lease: recordCodec<LeaseRecord>('lease record', shoal.LeaseRecord),
  layout: recordCodec<LayoutRecord>('layout record', shoal.LayoutRecord),
  blob: recordCodec<BlobRecord>('blob record', shoal.BlobRecord),
  dataset: recordCodec<DatasetRecord>('data set record', shoal.DatasetRecord),
  model: recordCodec<ModelRecord>('model record', shoal.ModelRecord),
  roundState: recordCodec<RoundStateRecord>('round state record', shoal.RoundStateRecord),
} as const;
