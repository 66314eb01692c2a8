/**
 * What a forest tells of itself where parameters ask for it: importances of the features and the
 * out-of-bag score. Parts of the forest carry sums; the model carries the result after its trees.
 */
import type { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { ModelError } from '../errors.ts';
import type { ModelHeader } from '../model.ts';
import type { ForestParams } from './forest-params.ts';
import { addImportances, meanImportances } from './importances.ts';
import type { BinnedRows, GrownTree, GrowthLimits } from './kernel.ts';
import { OutOfBag, type OutOfBagScore } from './out-of-bag.ts';
import { bagOf } from './root-rows.ts';

const NOTES = 'shoal-forest-notes';
/** Importances named among a job's metrics: those of most weight. */
const NAMED_MAX = 20;

type Asked = Pick<ForestParams, 'outOfBag' | 'importances'>;

/** The sums of some trees of a forest. */
export class ForestSums {
  readonly #importances: Float64Array | null;
  #outOfBag: OutOfBag | null;

  /** @param table absent where sums are only read and merged */
  constructor(asked: Asked, features: number, table?: BinnedRows) {
    this.#importances = asked.importances ? new Float64Array(features) : null;
    this.#outOfBag = asked.outOfBag && table !== undefined ? OutOfBag.of(table) : null;
  }

  add(tree: GrownTree, table: BinnedRows, limits: GrowthLimits, seed: number): void {
    if (this.#importances !== null) addImportances(tree, table, this.#importances);
    this.#outOfBag?.add(tree, table, bagOf(table.rows, limits, seed));
  }

  write(writer: CanonicalWriter): void {
    if (this.#importances !== null) writer.f64s(this.#importances);
    this.#outOfBag?.write(writer);
  }

  /** Adds the sums that `write` wrote under the same parameters. */
  addFrom(reader: CanonicalReader, asked: Asked, classes: number): void {
    if (this.#importances !== null) {
      const sums = reader.f64s();
      if (sums.length !== this.#importances.length) {
        throw new ModelError(
          `a part has importances of ${sums.length} features, ${this.#importances.length} are expected`,
        );
      }
      for (let f = 0; f < sums.length; f++) this.#importances[f]! += sums[f]!;
    }
    if (!asked.outOfBag) return;
    const part = OutOfBag.read(reader, classes);
    if (this.#outOfBag === null) this.#outOfBag = part;
    else this.#outOfBag.merge(part);
  }

  /** Writes the model's last section; nothing where nothing was asked for. */
  close(writer: CanonicalWriter): void {
    if (this.#importances === null && this.#outOfBag === null) return;
    const means = this.#importances === null ? [] : meanImportances(this.#importances);
    writer.text(NOTES).f64s(Float64Array.from(means));
    const outOfBag = this.#outOfBag?.score() ?? { rows: 0, score: null };
    writer.uint(outOfBag.rows).bool(outOfBag.score !== null);
    if (outOfBag.score !== null) writer.float(outOfBag.score);
  }
}

export interface ForestNotes {
  /** Share of each feature, in the order of the features; empty where not asked for. */
  readonly importances: Float64Array;
  readonly outOfBag: OutOfBagScore;
}

/** Reads the model's last section, if there is one. @throws ModelError */
export function readNotes(reader: CanonicalReader, header: ModelHeader): ForestNotes | null {
  if (reader.remaining === 0) return null;
  if (reader.text(64) !== NOTES) throw new ModelError('a forest is followed by unknown bytes');
  const importances = reader.f64s();
  if (importances.length > 0 && importances.length !== header.features.length) {
    throw new ModelError(
      `${importances.length} importances for ${header.features.length} features`,
    );
  }
  const bad = importances.find((share) => !(share >= 0 && share <= 1));
  if (bad !== undefined) throw new ModelError(`an importance is ${bad}, must be from 0 to 1`);
  const rows = reader.uint();
  const score = reader.bool() ? reader.float() : null;
  if (score !== null && !(score <= 1)) {
    throw new ModelError(`the out-of-bag score is ${score}, must be at most 1`);
  }
  return { importances, outOfBag: { rows, score } };
}

/** The notes as figures for a job's metrics. */
export function figuresOf(notes: ForestNotes, header: ModelHeader): Record<string, number> {
  const { importances, outOfBag } = notes;
  const name = header.kind === 'classification' ? 'outOfBagAccuracy' : 'outOfBagR2';
  const figures: Record<string, number> =
    outOfBag.score === null ? {} : { outOfBagRows: outOfBag.rows, [name]: outOfBag.score };
  const named = header.features.map((feature, f) => ({
    name: feature.name,
    share: importances[f],
  }));
  named.sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  for (const { name: feature, share } of named.slice(0, NAMED_MAX)) {
    if (share !== undefined) figures[`importance.${feature}`] = share;
  }
  return figures;
}
