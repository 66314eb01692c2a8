/**
 * What the job's log has told of each task, in a form that the job's record keeps.
 *
 * A new leader reads all task records anew; by this it knows which claims, results, errors and
 * reassignments the log has named already, and tells the others: none is lost, none twice. Tasks
 * mostly go alike, so equal neighbours are stored as one run.
 */
import protobuf from 'protobufjs/minimal.js';

export interface Told {
  /** The attempt whose admission was told; 1 needs none. */
  admitted: number;
  /** The attempt whose claim was told; 0 for none. */
  dispatched: number;
  /** Errors told. */
  errors: number;
  done: boolean;
}

export function nothingTold(): Told {
  return { admitted: 1, dispatched: 0, errors: 0, done: false };
}

function equal(a: Told, b: Told): boolean {
  return (
    a.admitted === b.admitted &&
    a.dispatched === b.dispatched &&
    a.errors === b.errors &&
    a.done === b.done
  );
}

/** Runs of equal entries: length, admitted, dispatched, errors, done; all as varints. */
export function encodeTold(told: Iterable<Told>): Uint8Array {
  const writer = protobuf.Writer.create();
  let run = 0;
  let last: Told | null = null;
  const close = () => {
    if (last === null || run === 0) return;
    writer.uint32(run).uint32(last.admitted).uint32(last.dispatched).uint32(last.errors);
    writer.bool(last.done);
  };
  for (const entry of told) {
    if (last !== null && equal(last, entry)) {
      run += 1;
      continue;
    }
    close();
    last = entry;
    run = 1;
  }
  close();
  return writer.finish();
}

/** Entry `i` of `count`; what the bytes do not reach was not told. */
export function decodeTold(bytes: Uint8Array, count: number): Told[] {
  const reader = protobuf.Reader.create(bytes);
  const told: Told[] = [];
  while (reader.pos < reader.len && told.length < count) {
    const run = reader.uint32();
    const admitted = reader.uint32();
    const dispatched = reader.uint32();
    const errors = reader.uint32();
    const done = reader.bool();
    for (let i = 0; i < run && told.length < count; i++)
      told.push({ admitted, dispatched, errors, done });
  }
  while (told.length < count) told.push(nothingTold());
  return told;
}
