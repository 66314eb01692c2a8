/**
 * The pool of real threads keeps the contract that its twin in memory keeps.
 */
import { computePool } from '../../runtime/node/compute-pool.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import { runComputeCases } from '../contract/compute.case.ts';

/** The suite's names for the functions of the test's entry. */
const names: Record<string, string> = { fail: 'broken', endless: 'count', die: 'exit' };

runComputeCases(async () => {
  const pool = computePool({ slots: 2, entry: new URL('./entry.ts', import.meta.url) });
  const compute: Compute = {
    slots: pool.slots,
    run: (name, input, options) => pool.run(names[name] ?? name, input, options),
    stop: () => pool.stop(),
  };
  return {
    compute,
    async until(condition) {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve));
    },
    [Symbol.asyncDispose]: () => pool.stop(),
  };
});
