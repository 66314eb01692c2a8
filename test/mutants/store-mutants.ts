/**
 * Ways to break what keeps bytes and sums right: blobs, states of rounds, shares and holders, each a
 * small change of one file, with the tests that are nearest to it.
 */
import type { Mutant } from './mutant.ts';

const blobTests = ['test/runtime/chunked-blobs.test.ts', 'test/contract/memory.test.ts'];
const roundTests = [
  'test/rounds/share-table.test.ts',
  'test/rounds/round-lead.test.ts',
  'test/rounds/fit-hold.test.ts',
  'test/rounds/round-states.test.ts',
  'test/rounds/nodes-on-memory.test.ts',
];

export const blobs: readonly Mutant[] = [
  {
    name: 'blob-digest-unchecked',
    file: 'runtime/chunked-blobs.ts',
    find: "if (finish(hash) !== digest) throw corrupt(digest, 'its bytes have another SHA-256');",
    put: '',
    tests: blobTests,
  },
  {
    name: 'blob-complete-before-its-chunks',
    file: 'runtime/chunked-blobs.ts',
    find: 'await this.persistently(() => this.chunks.send(digest, n, chunk, anew));',
    put: 'void this.persistently(() => this.chunks.send(digest, n, chunk, anew)).catch(() => {});',
    tests: blobTests,
  },
];

export const rounds: readonly Mutant[] = [
  {
    name: 'cover-short-of-a-slice',
    file: 'actors/rounds/share-table.ts',
    find: 'return this.#left === 0;',
    put: 'return this.#left <= 1;',
    tests: roundTests,
  },
  {
    name: 'share-summed-twice',
    file: 'actors/rounds/round-lead.ts',
    find: "effects.push({ type: 'close', state: this.state, parts });",
    put: "effects.push({ type: 'close', state: this.state, parts: [...parts, ...parts.slice(-1)] });",
    tests: roundTests,
  },
  {
    name: 'share-of-another-round',
    file: 'actors/rounds/round-lead.ts',
    find: 'if (round === open.round && state === open.digest && attempt === this.place.attempt) {',
    put: 'if (attempt === this.place.attempt) {',
    tests: roundTests,
  },
  {
    name: 'share-of-a-claim-given-away',
    file: 'actors/rounds/share-table.ts',
    find: "if ((attempts[i] ?? 0) < (this.#attempts[from + i] ?? 0)) return 'stale-attempt';",
    put: '',
    tests: roundTests,
  },
  {
    name: 'share-digest-unchecked',
    file: 'actors/rounds/share-table.ts',
    find: 'sha256Hex(inline) !== digest) {',
    put: "sha256Hex(inline) === '') {",
    tests: [...roundTests, 'test/rounds/rough-messages.test.ts'],
  },
  {
    name: 'pulled-digest-unchecked',
    file: 'actors/rounds/pull-bytes.ts',
    find: "if (hash.digest('hex') === digest) return bytes;",
    put: 'if (bytes.length === size) return bytes;',
    tests: ['test/rounds/pull-bytes.test.ts', 'test/rounds/rough-messages.test.ts'],
  },
  {
    name: 'former-leader-of-rounds-obeyed',
    file: 'actors/rounds/fit-hold.ts',
    find: 'if (opened.attempt < this.attempt) return',
    put: 'if (opened.attempt < 0) return',
    tests: roundTests,
  },
  {
    name: 'released-slice-goes-on',
    file: 'actors/rounds/fit-hold.ts',
    find: '    this.#claims.delete(slice);\n    this.#prepared.delete(slice);\n',
    put: '',
    tests: roundTests,
  },
  {
    name: 'round-state-taken-from-a-later-leader',
    file: 'actors/rounds/round-states.ts',
    find: 'if (record.attempt > this.#place.attempt) return null;',
    put: '',
    tests: roundTests,
  },
  {
    name: 'round-state-digest-unchecked',
    file: 'actors/rounds/round-states.ts',
    find: 'return sha256Hex(bytes) === record.state ? bytes : null;',
    put: 'return bytes;',
    tests: roundTests,
  },
  {
    name: 'round-state-put-over-another-leader',
    file: 'actors/rounds/round-states.ts',
    find: 'if (found.attempt !== attempt || found.node !== node || found.nonce !== nonce) return false;',
    put: 'if (attempt < 0 || node === nonce) return false;',
    tests: roundTests,
  },
];
