/** A mutant: one text in one file, what stands in its place, and the tests nearest to it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly put: string;
  /** Test files that are run when simulated clusters did not notice. */
  readonly tests: readonly string[];
}
