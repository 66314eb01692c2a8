/** Definition of `shoal job report`. */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text } from '../flags.ts';

export type ReportFlags = BusFlags & { readonly out?: string; readonly force: boolean };

export const jobReportCommand: Command<ShoalContext> = command<ReportFlags, [string]>({
  brief: 'Write a job as one HTML page: metrics, curves, trials, where the time went',
  about:
    'Writes a page that stands alone: what was run, metrics with ROC, precision and recall,\n' +
    'calibration and confusion, or errors of numbers; folds, trials of a search, learning curves,\n' +
    'and where the time went. No row of the data is on it. Without --out it is ID.html here; with\n' +
    '--out - it goes to stdout. With --json {id, out}.',
  examples: ['job report adult-1', 'job report adult-1 --out report.html --force'],
  parameters: {
    flags: {
      ...busFlags,
      out: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'file to write, - for stdout',
        placeholder: 'FILE',
      },
      force: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'write over a file that is there',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'id of the job', parse: text, placeholder: 'ID' }],
    },
  },
  load: async () => (await import('../commands/job-report.ts')).jobReport,
});
