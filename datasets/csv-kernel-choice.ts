/**
 * Which kernel reads CSV here.
 */
import { type CsvKernel, PlainCsvKernel } from './csv-kernel.ts';

/** A fresh kernel with memory of its own. */
export function makeCsvKernel(): CsvKernel {
  return new PlainCsvKernel();
}
