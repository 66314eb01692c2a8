/**
 * A bus of another version of the program, for a process of a simulated cluster.
 *
 * A later version writes fields that nobody here knows, into records and messages. An earlier one
 * does not set what was added since: what stood in such a field before its write stays there, as
 * the law of unknown fields has it.
 */
import type { Bus } from '../../runtime/bus.ts';
import { shoal } from '../../schemas/generated/shoal.js';
import { records } from '../../schemas/wire.ts';

/** Field 1000, a text. */
export const laterField: Uint8Array = Uint8Array.of(0xc2, 0x3e, 5, ...Buffer.from('later'));

export function isLater(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes(Buffer.from(laterField));
}

type Change = (bucket: string, key: string, value: Uint8Array) => Promise<Uint8Array>;

/** Fields of records that earlier versions do not have. */
const newFields = {
  tasks: ['cost', 'lostMs'],
  jobs: ['time', 'pausedMs', 'settings', 'placedLocal', 'placedRemote'],
} as const;
/** And of heartbeats. */
const newInHeartbeat = ['paces', 'copies'] as const;

export function laterBus(bus: Bus): Bus {
  return changed(
    bus,
    async (bucket, _key, value) =>
      (bucket === 'tasks' || bucket === 'jobs') && !isLater(value)
        ? Buffer.concat([value, laterField])
        : value,
    (_kind, body) => Buffer.concat([body, laterField]),
  );
}

export function earlierBus(bus: Bus): Bus {
  return changed(
    bus,
    async (bucket, key, value) => {
      if (bucket !== 'tasks' && bucket !== 'jobs') return value;
      const codec = records[bucket === 'tasks' ? 'task' : 'job'] as typeof records.task;
      const before = (await bus.store.get(bucket, key))?.value;
      const stood = before === undefined ? codec.create() : codec.decode(before);
      const record = codec.decode(value);
      for (const field of newFields[bucket]) {
        const fields = record as unknown as Record<string, unknown>;
        fields[field] = (stood as unknown as Record<string, unknown>)[field];
      }
      return codec.encode(record);
    },
    (kind, body) => {
      if (kind !== 'heartbeat') return body;
      const plain = shoal.Heartbeat.decode(body) as unknown as Record<string, unknown>;
      const fresh = shoal.Heartbeat.create() as unknown as Record<string, unknown>;
      for (const field of newInHeartbeat) plain[field] = fresh[field];
      return shoal.Heartbeat.encode(plain).finish();
    },
  );
}

function changed(
  bus: Bus,
  record: Change,
  message: (kind: string, body: Uint8Array) => Uint8Array,
): Bus {
  const { store, transport } = bus;
  const enveloped = (subject: string, bytes: Uint8Array): Uint8Array => {
    if (!/\.(heartbeat|offers|open\.[^.]+|ready\.[^.]+)$/.test(subject)) return bytes;
    const envelope = shoal.Envelope.decode(bytes);
    envelope.body = message(envelope.kind, envelope.body);
    return shoal.Envelope.encode(envelope).finish();
  };
  return {
    ...bus,
    onLink: (handler) => bus.onLink(handler),
    onFault: (handler) => bus.onFault(handler),
    linkTrouble: () => bus.linkTrouble(),
    close: () => bus.close(),
    store: {
      get: (bucket, key) => store.get(bucket, key),
      create: async (bucket, key, value) =>
        store.create(bucket, key, await record(bucket, key, value)),
      update: async (bucket, key, value, revision) =>
        store.update(bucket, key, await record(bucket, key, value), revision),
      remove: (bucket, key, revision) => store.remove(bucket, key, revision),
      erase: (bucket, key, revision) => store.erase(bucket, key, revision),
      purge: (bucket, prefix) => store.purge(bucket, prefix),
      list: (bucket, prefix) => store.list(bucket, prefix),
      watch: (bucket, prefix, handler) => store.watch(bucket, prefix, handler),
    },
    transport: {
      publish: (subject, bytes, headers) =>
        transport.publish(subject, enveloped(subject, bytes), headers),
      request: (subject, bytes, options) => transport.request(subject, bytes, options),
      subscribe: (subject, handler, queue) => transport.subscribe(subject, handler, queue),
      ping: (timeoutMs) => transport.ping(timeoutMs),
      connected: () => transport.connected(),
    },
  };
}
