/**
 * Ways to break the protocol of records, leadership and logs, each a small change of one file, with
 * the tests that are nearest to it. Something has to notice every one of them.
 */
import type { Mutant } from './mutant.ts';

const taskRecords = 'actors/task-runner/task-records.ts';
const runnerTests = [
  'test/task-runner/task-records.test.ts',
  'test/task-runner/copies.test.ts',
  'test/task-runner/step.test.ts',
  'test/task-runner/nodes-on-memory.test.ts',
];
const coordinatorTests = ['test/coordinator/step.test.ts', 'test/coordinator/laws.test.ts'];
const hostTests = ['test/runtime/host.test.ts', 'test/coordinator/effect-class.test.ts'];
const leaseTests = ['test/runtime/lease.test.ts', 'test/sim/bounds.test.ts'];

export const claims: readonly Mutant[] = [
  {
    name: 'claim-of-what-somebody-has',
    file: taskRecords,
    find: 'record.state === TaskState.PENDING &&',
    put: 'record.state !== TaskState.DONE &&',
    tests: runnerTests,
  },
  {
    name: 'claim-of-another-attempt',
    file: taskRecords,
    find: '    record.attempt === offer.attempt &&\n    record.term',
    put: '    record.term',
    tests: runnerTests,
  },
  {
    name: 'claim-under-a-lower-term',
    file: taskRecords,
    find: 'record.term <= offer.term &&',
    put: '',
    tests: runnerTests,
  },
  {
    name: 'claim-after-an-error',
    file: taskRecords,
    find: '!record.errors.some((error) => error.attempt === offer.attempt)',
    put: 'true',
    tests: runnerTests,
  },
  {
    name: 'commit-without-fence',
    file: taskRecords,
    find: 'if (!holds(record, claim.attempt, holder)) return record;',
    put: '',
    tests: runnerTests,
  },
  {
    name: 'commit-of-a-former-process',
    file: taskRecords,
    find: ' && record.node === holder.node && record.nonce === holder.nonce;',
    put: ' && record.node === holder.node;',
    tests: runnerTests,
  },
  {
    name: 'copy-committed-after-the-end',
    file: taskRecords,
    find: 'const open = state === TaskState.CLAIMED || state === TaskState.PENDING;',
    put: 'const open = state >= 0;',
    tests: runnerTests,
  },
  {
    name: 'copy-of-a-former-process',
    file: taskRecords,
    find: 'copy.node === holder.node && copy.nonce === holder.nonce',
    put: 'copy.node === holder.node',
    tests: runnerTests,
  },
  {
    name: 'commit-blind-to-its-own-success',
    file: taskRecords,
    find: 'if (settled(record)) return true;',
    put: '',
    tests: runnerTests,
  },
  {
    name: 'commit-before-the-result-is-stored',
    file: 'actors/task-runner/task-runner.ts',
    find: "await this.#part(run, 'blob.put', () => bus.blobs.put(bytes, moved));",
    put: 'sha256Hex(bytes); void bus.blobs.put(bytes).catch(() => {});',
    tests: runnerTests,
  },
  {
    name: 'same-nonce-after-a-restart',
    file: 'actors/task-runner/task-runner.ts',
    find: 'this.nonce = this.#parts.random.token(nonceLength);',
    put: "this.nonce = 'n'.repeat(nonceLength);",
    tests: runnerTests,
  },
  {
    name: 'offers-of-a-former-leader',
    file: 'actors/task-runner/step.ts',
    find: 'event.offers.filter((offer) => offer.term === term)',
    put: 'event.offers.filter((offer) => offer.term <= term)',
    tests: runnerTests,
  },
  {
    name: 'release-of-holds-ignored',
    file: 'actors/task-runner/step.ts',
    find: '.filter((run) => named(run.offer));',
    put: '.filter(() => false);',
    tests: runnerTests,
  },
];

export const order: readonly Mutant[] = [
  {
    name: 'acknowledge-before-persist',
    file: 'actors/coordinator/effect-class.ts',
    find: "settle: 'settle',",
    put: "settle: 'persist',",
    tests: hostTests,
  },
  {
    name: 'publish-before-persist',
    file: 'actors/coordinator/effect-class.ts',
    find: "'publish-events': 'send',",
    put: "'publish-events': 'persist',",
    tests: hostTests,
  },
  {
    name: 'send-after-a-lost-write',
    file: 'runtime/host.ts',
    find: 'if (conflicts.length > 0) return conflicts;',
    put: '',
    tests: hostTests,
  },
  {
    name: 'lead-on-after-a-lost-write',
    file: 'actors/coordinator/step.ts',
    find: 'state.deposed = true;',
    put: '',
    tests: coordinatorTests,
  },
  {
    name: 'write-again-blindly',
    file: 'actors/coordinator/record-writes.ts',
    find: 'if (present !== null && present !== undefined && sameBytes(present.value, bytes))',
    put: 'if (conflict && present?.revision === -1)',
    tests: ['test/coordinator/record-writes.test.ts', ...coordinatorTests],
  },
  {
    name: 'outbox-not-published-again',
    file: 'actors/coordinator/step.ts',
    find: '    republish(state);\n',
    put: '',
    tests: coordinatorTests,
  },
  {
    name: 'outbox-emptied-too-early',
    file: 'actors/coordinator/event-chain.ts',
    find: 'filter((event) => Number(event.n ?? 0) > n)',
    put: 'filter((event) => Number(event.n ?? 0) > n + 1)',
    tests: coordinatorTests,
  },
  {
    name: 'events-published-twice',
    file: 'actors/coordinator/record-writes.ts',
    find: '{ expectEmpty: true }',
    put: '{ expectEmpty: false }',
    tests: ['test/coordinator/record-writes.test.ts', ...coordinatorTests],
  },
];

export const leadership: readonly Mutant[] = [
  {
    name: 'lease-stolen-early',
    file: 'runtime/lease.ts',
    find: '1.5 * limits.leaseRenewMs : limits.leaseMs;',
    put: '1.5 * limits.leaseRenewMs : limits.leaseRenewMs / 2;',
    tests: leaseTests,
  },
  {
    name: 'lease-not-renewed',
    file: 'runtime/lease.ts',
    find: 'nowMs - state.renewedMs >= limits.leaseRenewMs\n',
    put: 'nowMs - state.renewedMs >= 10 * limits.leaseMs\n',
    tests: leaseTests,
  },
  {
    name: 'takeover-under-the-same-term',
    file: 'runtime/lease.ts',
    find: 'term: seen.term + 1 }',
    put: 'term: seen.term }',
    tests: leaseTests,
  },
  {
    name: 'verdict-without-proof-of-the-own-link',
    file: 'runtime/failure-detector.ts',
    find: "if (nowMs - observer.linkProvenMs > limits.askAfterMs) return 'suspect';",
    put: '',
    tests: ['test/runtime/failure-detector.test.ts'],
  },
  {
    name: 'crowd-that-falls-silent-is-judged',
    file: 'runtime/failure-detector.ts',
    find: "return delayed ? 'suspect' : 'dead';",
    put: "return 'dead';",
    tests: ['test/runtime/failure-detector.test.ts'],
  },
  {
    name: 'nobody-listens-means-nothing',
    file: 'runtime/failure-detector.ts',
    find: "if (pulse.gone) return 'dead';",
    put: '',
    tests: ['test/runtime/failure-detector.test.ts', 'test/sim/bounds.test.ts'],
  },
];

export const reassignment: readonly Mutant[] = [
  {
    name: 'admit-without-a-new-term',
    file: 'actors/coordinator/tasks.ts',
    find: '  record.term = state.me.term;\n  const copy',
    put: '  const copy',
    tests: ['test/sim/takeover.test.ts', ...coordinatorTests],
  },
  {
    name: 'admit-without-a-new-attempt',
    file: 'actors/coordinator/tasks.ts',
    find: '    record.attempt = nextAttempt(record);\n    record.node',
    put: '    record.node',
    tests: coordinatorTests,
  },
  {
    name: 'older-revision-accepted',
    file: 'actors/coordinator/task-table.ts',
    find: 'if (task === undefined || revision <= task.revision) return undefined;',
    put: 'if (task === undefined) return undefined;',
    tests: [...coordinatorTests, 'test/coordinator/late-watch.test.ts'],
  },
  {
    name: 'restart-keeps-the-claims-of-the-dead',
    file: 'actors/coordinator/nodes.ts',
    find: 'if (owner.nonce !== task.nonce) {',
    put: 'if (owner.nonce === undefined) {',
    tests: coordinatorTests,
  },
  {
    name: 'survivors-are-robbed',
    file: 'actors/coordinator/nodes.ts',
    find: 'state.nowMs - task.claimedMs > 3 * limits.heartbeatMs',
    put: 'state.nowMs - task.claimedMs > -1',
    tests: ['test/sim/takeover.test.ts', ...coordinatorTests],
  },
  {
    name: 'errors-without-limit',
    file: 'actors/coordinator/tasks.ts',
    find: 'if (record.errors.length >= limits.taskErrorsMax) {',
    put: 'if (record.errors.length >= 1_000) {',
    tests: coordinatorTests,
  },
  {
    name: 'results-in-order-of-arrival',
    file: 'actors/coordinator/phases.ts',
    find: 'const results = (job.table?.tasks ?? []).map(',
    put: 'const results = (job.table?.tasks ?? []).toSorted((a, b) => a.revision - b.revision).map(',
    tests: coordinatorTests,
  },
];

export const removals: readonly Mutant[] = [
  {
    name: 'missing-record-left-missing',
    file: 'actors/coordinator/missing-records.ts',
    find: 'for (const task of missing) putBack(state, job, task);',
    put: '',
    tests: ['test/coordinator/missing-records.test.ts'],
  },
  {
    name: 'update-of-a-missing-record-given-up',
    file: 'actors/coordinator/perform.ts',
    find: 'const written = await create().catch(() => null);',
    put: 'const written = mayAct() ? null : await create();',
    tests: ['test/coordinator/fence.test.ts'],
  },
  {
    name: 'removal-without-a-look-at-the-lease',
    file: 'actors/coordinator/fence.ts',
    find: 'if (mayAct()) return;',
    put: 'if (mayAct() || what) return;',
    tests: ['test/coordinator/fence.test.ts'],
  },
  {
    name: 'events-published-without-a-look-at-the-lease',
    file: 'actors/coordinator/record-writes.ts',
    find: 'if (!context.mayAct()) return;',
    put: '',
    tests: ['test/coordinator/fence.test.ts'],
  },
  {
    name: 'id-given-away-while-its-job-is-removed',
    file: 'actors/coordinator/submissions.ts',
    find: 'if (!settled(id) && going(state, id)) {',
    put: "if (id === '') {",
    tests: ['test/coordinator/removed.test.ts'],
  },
];

export const jobs: readonly Mutant[] = [
  {
    name: 'cancel-after-publishing',
    file: 'actors/coordinator/job-machine.ts',
    find: "on: { published: 'completed', fail:",
    put: "on: { published: 'completed', cancel: 'cancelling', fail:",
    tests: ['test/coordinator/job-machine.test.ts', ...coordinatorTests],
  },
  {
    name: 'ended-job-opened-anew',
    file: 'actors/coordinator/submissions.ts',
    find: "(settled(id) || phase(existing) !== 'rejected')",
    put: '(settled(id) || !ended(existing))',
    tests: coordinatorTests,
  },
  {
    name: 'same-submission-taken-for-another',
    file: 'actors/coordinator/submissions.ts',
    find: 'if (existing.record.specDigest === specDigest(spec)) {',
    put: 'if (existing.record.specDigest === id) {',
    tests: coordinatorTests,
  },
  {
    name: 'other-submission-taken-for-the-same',
    file: 'actors/coordinator/submissions.ts',
    find: 'if (existing.record.specDigest === specDigest(spec)) {',
    put: "if (existing.record.specDigest !== '') {",
    tests: coordinatorTests,
  },
  {
    name: 'model-entered-twice',
    file: 'actors/coordinator/lookup.ts',
    find: 'const known = record.versions.find(',
    put: 'const known = record.versions.slice(0, 0).find(',
    tests: ['test/coordinator/publishing.test.ts', ...coordinatorTests],
  },
];
