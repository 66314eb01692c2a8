/**
 * What the job's log has told of each task, in a form that the job's record keeps.
 *
 * A new leader reads all task records anew; by this it knows which claims, results, errors and
 * reassignments the log has named already, and tells the others: none is lost, none twice. Tasks
 * mostly go alike, so equal neighbours are stored as one run.
 */
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

/** Numbers of one run: length, admitted, dispatched, errors, done. */
const fields = 5;

/** Runs of equal entries, five numbers each. */
export function encodeTold(told: Iterable<Told>): number[] {
  const runs: number[] = [];
  let last: Told | null = null;
  for (const entry of told) {
    if (last !== null && equal(last, entry)) {
      (runs[runs.length - fields] as number) += 1;
      continue;
    }
    last = entry;
    runs.push(1, entry.admitted, entry.dispatched, entry.errors, Number(entry.done));
  }
  return runs;
}

/** Entry `i` of `count`; what the runs do not reach was not told. */
export function decodeTold(runs: readonly number[], count: number): Told[] {
  const told: Told[] = [];
  for (let at = 0; at + fields <= runs.length; at += fields) {
    const [length = 0, admitted = 1, dispatched = 0, errors = 0, done = 0] = runs.slice(at);
    for (let i = 0; i < length && told.length < count; i++)
      told.push({ admitted, dispatched, errors, done: done === 1 });
  }
  while (told.length < count) told.push(nothingTold());
  return told;
}
