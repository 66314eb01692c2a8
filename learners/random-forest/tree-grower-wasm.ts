/**
 * The kernel in WebAssembly: the twin of `tree-grower.ts`, several times as fast.
 *
 * Its memory is its own: a copy of the bag's rows, twice, and little else. The rows are fed to it
 * in pieces that fit a cache, so the shared table is read once a tree and held once a node.
 */
import { forestGrowerWasm } from '../kernels/generated/forest-grower.ts';
import { hash32 } from '../random.ts';
import type { BinnedRows, GrownTree, GrowthLimits, KernelFactory, TreeKernel } from './kernel.ts';
import { lowerOf } from './random-cuts.ts';
import { TreeBuilder } from './tree-builder.ts';
import { BAG, ROOT } from './tree-seeds.ts';

/** What this file uses of WebAssembly: the compiler's libraries without a browser lack its types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Exports {
  configure(
    classes: number,
    features: number,
    rowBytes: number,
    featuresPerNode: number,
    maxDepth: number,
    minSamplesLeaf: number,
    minSamplesSplit: number,
    randomCuts: number,
  ): void;
  place(
    binCounts: number,
    drawn: number,
    tables: number,
    orders: number,
    totals: number,
    out: number,
    outNodes: number,
    bag: number,
    stage: number,
    lower: number,
  ): void;
  draw(seed: number, rows: number, bootstrap: number): number;
  begin(at: number, inBag: number): void;
  feed(first: number, count: number, stride: number): void;
  root(seed: number): void;
  grow(most: number): number;
  written(): number;
  leavesWritten(): number;
}

const pageBytes = 2 ** 16;
/** Pointers are 32 bits; a little is left for the stack. */
const memoryMax = 2 ** 32 - 2 ** 26;
const tablesBytes = 32 * 1024;
/** Squares of so many rows are exact in 64 bits floating point. */
const exactRows = 2 ** 25;
const localRows = 1024;
const stageBytes = 2 ** 16;
/** Bytes of leaves given out at once, and nodes at most. */
const outBytes = 2 ** 20;
const outNodesMax = 2048;

/** Bytes that a row takes here. */
function pitchOf(table: BinnedRows): number {
  return Math.ceil(table.stride / 16) * 16;
}

/** Whether the kernel can grow such trees of this table. */
export function fitsWasm(table: BinnedRows, limits: GrowthLimits): boolean {
  const arenas = 2 * table.rows * pitchOf(table);
  const depthFirst = limits.maxLeaves === Number.POSITIVE_INFINITY;
  const exact = table.classes <= 2 || table.rows < exactRows;
  // One class alone needs no kernel.
  const known = table.classes !== 1 && table.classWeights === undefined;
  return depthFirst && exact && known && arenas + table.rows + 2 ** 26 < memoryMax;
}

interface Engine {
  readonly memory: Memory;
  readonly exports: Exports;
  /** Whose table the engine is set up for. */
  owner: WasmTreeGrower | null;
}

let compiled: object | undefined;
/** The engine of the last task, whose memory the next may use, unless it is collected before. */
let spare: WeakRef<Engine> | undefined;

function engineFor(bytes: number): Engine {
  const old = spare?.deref();
  if (old !== undefined) return old;
  compiled ??= new WebAssembly.Module(Buffer.from(forestGrowerWasm, 'base64'));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const engine = { memory, exports: instance.exports as Exports, owner: null };
  spare = new WeakRef<Engine>(engine);
  return engine;
}

/** Addresses in the kernel's memory, for one table. */
function layoutFor(table: BinnedRows, limits: GrowthLimits) {
  let next = 64;
  const take = (bytes: number) => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const width = table.classes === 0 ? 2 : table.classes;
  const wanted = Math.floor(outBytes / (width * 8));
  const outNodes = Math.max(16, Math.min(outNodesMax, wanted & ~7));
  return {
    width,
    outNodes,
    binCounts: take(table.features * 2),
    drawn: take(table.features * 8),
    tables: take(tablesBytes + (table.classes > 2 ? 259 * 4 * ((table.classes + 3) & ~3) : 0)),
    orders: take(2 * 4 * localRows + 64),
    totals: take(2 * 8 * width),
    out: take((outNodes + 8) * (4 + 8 * width)),
    bag: take(table.rows),
    stage: take(Math.max(stageBytes, table.stride) + 64),
    lower: take(limits.randomCuts ? table.features * 256 * 8 : 0),
    arena: next,
  };
}

class WasmTreeGrower implements TreeKernel {
  readonly #table: BinnedRows;
  readonly #limits: GrowthLimits;
  readonly #builder: TreeBuilder;
  readonly #layout: ReturnType<typeof layoutFor>;
  readonly #engine: Engine;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#layout = layoutFor(table, limits);
    this.#builder = new TreeBuilder(this.#layout.width);
    this.#engine = engineFor(this.#layout.arena);
  }

  /** Sets the engine up for this table, unless it still is. */
  #own(): Exports {
    const { exports, owner } = this.#engine;
    if (owner === this) return exports;
    const { features, classes, binCounts } = this.#table;
    const limits = this.#limits;
    const at = this.#layout;
    this.#reserve(at.arena);
    exports.configure(
      classes,
      features,
      pitchOf(this.#table),
      limits.featuresPerNode,
      Math.min(limits.maxDepth, 2 ** 31 - 1),
      limits.minSamplesLeaf,
      limits.minSamplesSplit,
      limits.randomCuts ? 1 : 0,
    );
    const { drawn, tables, orders, totals, out, outNodes, bag, stage } = at;
    const nodes = outNodes + 8;
    exports.place(at.binCounts, drawn, tables, orders, totals, out, nodes, bag, stage, at.lower);
    const { buffer } = this.#engine.memory;
    new Uint16Array(buffer, at.binCounts, features).set(binCounts);
    for (let f = 0; f < features && limits.randomCuts; f++) {
      new Float64Array(buffer, at.lower + f * 2048, 256).set(lowerOf(this.#table, f));
    }
    this.#engine.owner = this;
    return exports;
  }

  grow(seed: number, tick: () => void): GrownTree {
    this.#builder.begin();
    tick();
    const kernel = this.#own();
    const { rows } = this.#table;
    const { arena, outNodes } = this.#layout;
    const inBag = kernel.draw(hash32(seed, BAG), rows, this.#limits.bootstrap ? 1 : 0);
    this.#reserve(arena + 2 * inBag * pitchOf(this.#table) + pageBytes);
    kernel.begin(arena, inBag);
    this.#feed();
    kernel.root(hash32(seed, ROOT));
    for (let more = 1; more !== 0; ) {
      tick();
      more = kernel.grow(outNodes);
      this.#take(kernel.written(), kernel.leavesWritten());
    }
    return this.#builder.finish();
  }

  /** Makes sure of so many bytes; a little more, as the bags of trees differ in size. */
  #reserve(bytes: number): void {
    const { memory } = this.#engine;
    const have = memory.buffer.byteLength;
    if (bytes <= have) return;
    const wanted = Math.min(memoryMax, bytes + (bytes >>> 6));
    memory.grow(Math.ceil((wanted - have) / pageBytes));
  }

  #feed(): void {
    const { rows, stride, cells } = this.#table;
    const piece = Math.max(1, Math.floor(stageBytes / stride));
    const stage = new Uint8Array(this.#engine.memory.buffer, this.#layout.stage, piece * stride);
    for (let first = 0; first < rows; first += piece) {
      const count = Math.min(piece, rows - first);
      stage.set(cells.subarray(first * stride, (first + count) * stride));
      this.#engine.exports.feed(first, count, stride);
    }
  }

  #take(nodes: number, leaves: number): void {
    const { buffer } = this.#engine.memory;
    const { out, outNodes, width } = this.#layout;
    const room = outNodes + 8;
    this.#builder.append(
      new Uint16Array(buffer, out, nodes),
      new Uint8Array(buffer, out + 2 * room, nodes),
      new Uint8Array(buffer, out + 3 * room, nodes),
      new Float64Array(buffer, out + 4 * room, leaves * width),
    );
  }
}

export const growInWasm: KernelFactory = (table, limits) => new WasmTreeGrower(table, limits);
