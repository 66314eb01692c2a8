/** Definitions of the commands about data sets: data import|list|show|export|remove. */
import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type DataFormat, dataFormats } from '../../datasets/data-format.ts';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, pair, text, whole } from '../flags.ts';

export type ImportFlags = BusFlags & {
  readonly format?: DataFormat;
  readonly type?: readonly (readonly [string, string])[];
  readonly delimiter?: string;
  readonly header?: 'sniff' | 'first' | 'none';
  readonly missing?: readonly string[];
  readonly storage?: 'float32' | 'float64';
  readonly rowsPerShard?: number;
  readonly sniffOnly: boolean;
};
export type ExportDataFlags = BusFlags & { readonly format?: DataFormat };
export type RemoveDataFlags = BusFlags & { readonly purge: boolean; readonly force: boolean };

const reference = {
  kind: 'tuple',
  parameters: [{ brief: 'name, or name@version', parse: text, placeholder: 'NAME' }],
} as const;

const listCommand = command<BusFlags, []>({
  brief: 'List data sets, the newest version of each',
  about:
    'Lists data sets. With --json an array of {name, version, rows, columns, shards, bytes,\n' +
    'digest, createdAt}.',
  examples: ['data list', 'data list --json'],
  parameters: { flags: busFlags },
  load: async () => (await import('../commands/data.ts')).dataList,
});

export const dataRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Import, list, show, export and remove data sets' },
  aliases: { ls: 'list', rm: 'remove' },
  routes: {
    import: command<ImportFlags, string[]>({
      brief: 'Import files as a new version of a data set',
      about:
        'Reads CSV, JSON lines, Parquet or Arrow ("-" reads stdin), CSV and JSON lines also packed\n' +
        'with gzip or zstd; settles and shows the type of every column from all rows, and stores it\n' +
        'in shards. Several files, or a pattern, are one data set, in the order of their names; all\n' +
        'must have the same columns. A type that you give is binding. The same content again is the\n' +
        'same version; a file that breaks half-way leaves nothing behind.\n' +
        'With --json: {name, version, rows, columns, shards, bytes, digest, createdAt, schema}.',
      examples: [
        'data import adult adult.csv',
        'data import adult adult.csv --type zip=category --missing "?"',
        'data import adult adult.csv --sniff-only',
        'data import taxi "trips-2024-*.parquet"',
        'data import clicks clicks.jsonl.gz --type user=category',
        'data import events - --delimiter tab < events.tsv',
      ],
      parameters: {
        flags: {
          ...busFlags,
          format: {
            kind: 'enum',
            values: dataFormats,
            optional: true,
            brief: 'format of the files, else found by content and name',
          },
          type: {
            kind: 'parsed',
            parse: pair,
            optional: true,
            variadic: true,
            brief: 'type of a column: number, category, boolean or text; may be repeated',
            placeholder: 'COLUMN=TYPE',
          },
          delimiter: {
            kind: 'parsed',
            parse: text,
            optional: true,
            brief: 'comma, semicolon, tab or pipe, or the character; else found out',
            placeholder: 'D',
          },
          header: {
            kind: 'enum',
            values: ['sniff', 'first', 'none'],
            optional: true,
            brief: 'whether the first line holds the names of the columns',
          },
          missing: {
            kind: 'parsed',
            parse: (input: string) => input,
            optional: true,
            variadic: true,
            brief: 'text that stands for a missing value; may be repeated',
            placeholder: 'TOKEN',
          },
          storage: {
            kind: 'enum',
            values: ['float32', 'float64'],
            optional: true,
            brief: 'how numbers are stored, else float32 only where that is exact',
          },
          rowsPerShard: {
            kind: 'parsed',
            parse: whole(1, 1e9),
            optional: true,
            brief: 'most rows of a shard, else shards of about 16 MiB',
            placeholder: 'N',
          },
          sniffOnly: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'show the schema and store nothing',
          },
        },
        positional: {
          kind: 'array',
          minimum: 2,
          parameter: {
            brief: 'name of the data set, then the files, patterns, or - for stdin',
            parse: text,
            placeholder: 'NAME FILE',
          },
        },
      },
      load: async () => (await import('../commands/data-import.ts')).dataImport,
    }),
    list: listCommand,
    show: command<BusFlags, [string]>({
      brief: 'Show a data set: versions, columns, shards',
      about: 'Shows a data set. With --json its view with the manifest and all versions.',
      examples: ['data show adult', 'data show adult@2 --json'],
      parameters: { flags: busFlags, positional: reference },
      load: async () => (await import('../commands/data.ts')).dataShow,
    }),
    export: command<ExportDataFlags, [string, string]>({
      brief: 'Write a data set to a file',
      about:
        'Writes all rows in their order as CSV, JSON lines, Parquet or Arrow (Feather), by the\n' +
        'extension or --format; CSV and JSON lines are packed where the name ends in .gz or .zst.\n' +
        'The file appears whole or not at all.\n' +
        'With --json: {name, version, rows, columns, shards, bytes, digest, createdAt, format, out}.',
      examples: ['data export adult adult.parquet', 'data export adult@1 rows.csv.gz'],
      parameters: {
        flags: {
          ...busFlags,
          format: {
            kind: 'enum',
            values: dataFormats,
            optional: true,
            brief: 'format of the file, else by its extension',
          },
        },
        positional: {
          kind: 'tuple',
          parameters: [
            { brief: 'name, or name@version', parse: text, placeholder: 'NAME' },
            { brief: 'file to write', parse: text, placeholder: 'FILE' },
          ],
        },
      },
      load: async () => (await import('../commands/data-export.ts')).dataExport,
    }),
    remove: command<RemoveDataFlags, [string]>({
      brief: 'Remove a data set, or one version of it',
      about:
        'Takes versions out of the lists; their bytes go by themselves some time after nothing names\n' +
        'them. With --purge they go at once, from the cluster and from every node, except what other\n' +
        'data sets share; jobs under way on them are a reason to refuse, and are failed with --force.',
      examples: ['data remove adult@1', 'data remove adult --purge'],
      parameters: {
        flags: {
          ...busFlags,
          purge: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'also remove its bytes from the cluster and every node',
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
      load: async () => (await import('../commands/data.ts')).dataRemove,
    }),
  },
});
