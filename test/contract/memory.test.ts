/**
 * The memory twins keep the contracts of the ports.
 */

import { InlineCompute } from '../../runtime/memory/inline-compute.ts';
import { ManualClock, settle } from '../../runtime/memory/manual-clock.ts';
import { runBlobCases } from './blobs.case.ts';
import { runClockCases } from './clock.case.ts';
import { runComputeCases } from './compute.case.ts';
import { memoryHarness } from './harness.ts';
import { runJournalCases } from './journal.case.ts';
import { runStoreCases } from './store.case.ts';
import { runTransportCases } from './transport.case.ts';

runTransportCases(memoryHarness);
runJournalCases(memoryHarness);
runStoreCases(memoryHarness);
runBlobCases(memoryHarness);

runClockCases(() => {
  const clock = new ManualClock();
  return { clock, pass: (ms) => clock.advance(ms) };
});

runComputeCases(async () => {
  const clock = new ManualClock();
  const compute: InlineCompute = new InlineCompute({
    slots: 2,
    clock,
    functions: {
      echo: (input) => input,
      share: (input) => {
        Atomics.add(new Int32Array(input as SharedArrayBuffer), 0, 1);
      },
      fail: () => {
        throw Object.assign(new Error('it broke'), { code: 'broken' });
      },
      endless: async (_input, context) => {
        for (let count = 1; ; count += 1) {
          context.progress(count);
          await context.pass(10);
        }
      },
      die: async (_input, context) => {
        // Dies after the other call has ended.
        await settle();
        compute.crash();
        await context.pass(1_000);
      },
    },
  });
  return {
    compute,
    async until(condition) {
      if (!(await clock.advanceUntil(condition, 10_000))) throw new Error('nothing came of it');
    },
    [Symbol.asyncDispose]: () => compute.stop(),
  };
});
