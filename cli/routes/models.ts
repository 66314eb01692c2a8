/** Definitions of the commands about models: models, model show|export|..., predict, serve. */
import { buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text, time, whole } from '../flags.ts';

export type OutputFlags = BusFlags & { readonly output?: string; readonly force: boolean };
export type RemoveModelFlags = BusFlags & { readonly purge: boolean; readonly force: boolean };
export type PredictFlags = BusFlags & {
  readonly output?: string;
  readonly delimiter?: string;
  readonly missing?: readonly string[];
  readonly rowsPerFrame?: number;
  readonly learner?: readonly string[];
  readonly dataset?: string;
  readonly into?: string;
  readonly id?: string;
  readonly detach: boolean;
  readonly timeout?: number;
};

const output = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'file to write, else stdout',
  placeholder: 'OUT',
} as const;

const learner = {
  kind: 'parsed',
  parse: text,
  optional: true,
  variadic: true,
  brief: 'module with an algorithm of your own; may be given more than once',
  placeholder: 'MODULE',
} as const;

const reference = {
  kind: 'tuple',
  parameters: [{ brief: 'name, or name@version', parse: text, placeholder: 'NAME' }],
} as const;

export const modelsCommand: Command<ShoalContext> = command<BusFlags, []>({
  brief: 'List models, the answering version of each',
  about:
    'Lists models: the promoted version of each, else the newest. With --json an array of {name,\n' +
    'version, live, digest, job, learner, dataset, kind, exactness, provenance, metrics, bytes,\n' +
    'createdAt}.',
  examples: ['models', 'models --json'],
  parameters: { flags: busFlags },
  load: async () => (await import('../commands/models.ts')).models,
});

export const modelRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Show, export, promote, roll back and remove models' },
  aliases: { rm: 'remove' },
  routes: {
    show: command<BusFlags, [string]>({
      brief: 'Show a model: metrics, columns, digest, versions',
      examples: ['model show adult', 'model show adult@2 --json'],
      parameters: { flags: busFlags, positional: reference },
      load: async () => (await import('../commands/models.ts')).modelShow,
    }),
    export: command<OutputFlags, [string]>({
      brief: "Write a model's bytes to a file; their SHA-256 is its digest",
      examples: ['model export adult -o adult.model', 'model export adult@1 -o - > adult.model'],
      parameters: {
        flags: {
          ...busFlags,
          output: { ...output, brief: 'file to write, else NAME-VERSION.model; - for stdout' },
          force: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'write over a file that is there',
          },
        },
        aliases: { o: 'output' },
        positional: reference,
      },
      load: async () => (await import('../commands/models.ts')).modelExport,
    }),
    promote: command<BusFlags, [string]>({
      brief: 'Make a version answer for the bare name',
      examples: ['model promote adult@2', 'model promote adult'],
      parameters: { flags: busFlags, positional: reference },
      load: async () => (await import('../commands/models.ts')).modelPromote,
    }),
    rollback: command<BusFlags, [string]>({
      brief: 'Make the version before the answering one answer again',
      examples: ['model rollback adult'],
      parameters: { flags: busFlags, positional: reference },
      load: async () => (await import('../commands/models.ts')).modelRollback,
    }),
    remove: command<RemoveModelFlags, [string]>({
      brief: 'Remove a model, or one version of it',
      about:
        'Takes versions out of the lists; their bytes go by themselves some time after nothing names\n' +
        'them. With --purge they go at once; jobs under way that predict with them are a reason to\n' +
        'refuse, and are failed with --force.',
      examples: ['model remove adult@1', 'model remove adult --purge'],
      parameters: {
        flags: {
          ...busFlags,
          purge: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'also remove its bytes from the cluster',
          },
          force: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'with --purge: fail the jobs under way that use it',
          },
        },
        positional: reference,
      },
      load: async () => (await import('../commands/models.ts')).modelRemove,
    }),
  },
});

export const predictCommand: Command<ShoalContext> = command<PredictFlags, [string, string?]>({
  brief: 'Score the rows of a CSV file, or of a data set, with a model',
  about:
    'Scores a CSV file ("-" reads stdin) on this machine, in the order of its rows. Writes a\n' +
    'column `prediction` and, for classification, `probability_<class>` for each class. The file\n' +
    "must have the model's columns, by name, in any order; a missing one is refused by name.\n" +
    'With --json and -o: {model, digest, rows, out, notes, unseenLevels}; with --json alone one\n' +
    '{"prediction","probabilities"} a line.\n' +
    'With --dataset and no file, a job scores the data set on the workers and is followed to its\n' +
    'end, as `submit` does it; the predictions become a data set, and with -o the same CSV file.\n' +
    'With --json then the job, and `out` with -o.',
  examples: [
    'predict adult new.csv -o scored.csv',
    'predict adult@1 - < new.csv',
    'predict adult --dataset new-people --into scored -o scored.csv',
  ],
  parameters: {
    flags: {
      ...busFlags,
      output,
      dataset: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'data set to score on the workers: NAME, or NAME@VERSION',
        placeholder: 'NAME',
      },
      into: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'data set that the predictions become, else named after the job',
        placeholder: 'NAME',
      },
      id: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'id of the job; the same id and spec is one job',
        placeholder: 'ID',
      },
      detach: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'print the id of the job and return at once',
      },
      timeout: {
        kind: 'parsed',
        parse: time,
        optional: true,
        brief: 'give up waiting after this long (exit 6); the job goes on',
        placeholder: 'TIME',
      },
      delimiter: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'comma, semicolon, tab or pipe; else found out',
        placeholder: 'D',
      },
      missing: {
        kind: 'parsed',
        parse: (input: string) => input,
        optional: true,
        variadic: true,
        brief: 'text that stands for a missing value; may be repeated',
        placeholder: 'TOKEN',
      },
      rowsPerFrame: {
        kind: 'parsed',
        parse: whole(1, 1e6),
        optional: true,
        brief: 'rows scored at a time, else 8192',
        placeholder: 'N',
      },
      learner,
    },
    aliases: { o: 'output' },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'name, or name@version', parse: text, placeholder: 'MODEL' },
        { brief: 'CSV file, or - for stdin', parse: text, placeholder: 'FILE', optional: true },
      ],
    },
  },
  load: async () => (await import('../commands/predict.ts')).predict,
});
