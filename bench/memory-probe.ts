/**
 * Loaded into every actor of `bench/memory.ts` (`--import`), on its main thread and on its compute
 * threads: on SIGUSR2 each collects its garbage, where that is asked for, and says what it holds.
 *
 * What is asked for stands in the file `ask` of the folder that `SHOAL_MEMORY_DIR` names; the answer
 * goes to `<pid>.<n>.json` there, heap snapshots beside it. Nothing of the product knows of it.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/** What is asked of a process. */
interface Ask {
  readonly n: number;
  readonly collect: boolean;
  readonly snapshot: boolean;
}

/** What one thread holds, in bytes. */
interface Holding {
  readonly thread: number;
  readonly heapUsed: number;
  /** Of the heap that is used: code as V8 has compiled it, which grows for as long as it warms up. */
  readonly code: number;
  readonly heapTotal: number;
  /** Of the heap's pages those for what was made just now: they grow with the pace of the work. */
  readonly youngTotal: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

/** What a process holds: all of it, and each thread of its own. */
export interface Answer {
  readonly pid: number;
  readonly rss: number;
  readonly threads: readonly Holding[];
}

/** A thread that computes at this moment answers when it is done; for longer nobody waits. */
const answerMs = 4_000;
const snapshotMs = 15_000;
/** Machine code, and what belongs to it: bytecode, tables of places. */
const codeSpaces = ['code_', 'trusted_'];
const folder = process.env.SHOAL_MEMORY_DIR;

function holding({ n, collect, snapshot }: Ask): Holding {
  if (collect) {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    // What finalizers let go of is collected by the second one.
    gc();
    gc();
  }
  if (snapshot)
    writeHeapSnapshot(join(folder ?? '', `${process.pid}.${threadId}.${n}.heapsnapshot`));
  const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const spaces = getHeapSpaceStatistics();
  const sum = (prefix: string, field: 'space_size' | 'space_used_size') =>
    spaces
      .filter(({ space_name: name }) => name.startsWith(prefix))
      .reduce((all, space) => all + space[field], 0);
  const code = codeSpaces.reduce((all, prefix) => all + sum(prefix, 'space_used_size'), 0);
  const youngTotal = sum('new_', 'space_size');
  return { thread: threadId, heapUsed, code, heapTotal, youngTotal, external, arrayBuffers };
}

function answerOnThread(channel: BroadcastChannel): void {
  channel.onmessage = ({ data }: { data: unknown }) => {
    const message = data as { readonly ask?: Ask };
    if (message.ask !== undefined) channel.postMessage({ holding: holding(message.ask) });
  };
}

function answerForProcess(channel: BroadcastChannel, into: string): void {
  let found: Holding[] = [];
  channel.onmessage = ({ data }: { data: unknown }) => {
    const message = data as { readonly holding?: Holding };
    if (message.holding !== undefined) found.push(message.holding);
  };
  process.on('SIGUSR2', () => {
    const ask = JSON.parse(readFileSync(join(into, 'ask'), 'utf8')) as Ask;
    const waitMs = ask.snapshot ? snapshotMs : answerMs;
    found = [];
    channel.postMessage({ ask });
    setTimeout(() => {
      const threads = [holding(ask), ...found];
      const answer: Answer = { pid: process.pid, rss: process.memoryUsage.rss(), threads };
      const path = join(into, `${process.pid}.${ask.n}.json`);
      writeFileSync(`${path}.part`, JSON.stringify(answer));
      renameSync(`${path}.part`, path);
    }, waitMs).unref();
  });
}

if (folder !== undefined) {
  const channel = new BroadcastChannel('shoal-memory');
  (channel as unknown as { unref(): void }).unref();
  if (isMainThread) answerForProcess(channel, folder);
  else answerOnThread(channel);
}
