/** `shoal data list`, `show` and `remove`. */
import { withClient } from '../connection.ts';
import { schemaJson, schemaTable } from '../data-text.ts';
import { type BusFlags, requirePurge } from '../flags.ts';
import type { RemoveDataFlags } from '../routes/data.ts';
import type { Session } from '../session.ts';
import { bytes, count, table } from '../table.ts';

export async function dataList(session: Session, flags: BusFlags): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const all = await client.datasets({ signal });
    if (screen.json) {
      screen.value(all);
      return;
    }
    if (all.length === 0) {
      screen.note('no data sets yet; import one with `shoal data import NAME FILE`');
      return;
    }
    screen.print(
      table(
        [
          { title: 'DATA SET' },
          { title: 'ROWS', right: true },
          { title: 'COLUMNS', right: true },
          { title: 'SHARDS', right: true },
          { title: 'SIZE', right: true },
          { title: 'CREATED' },
        ],
        all.map((set) => [
          `${set.name}@${set.version}`,
          count(set.rows),
          String(set.columns),
          String(set.shards),
          bytes(set.bytes),
          set.createdAt,
        ]),
      ),
    );
  });
}

export async function dataShow(session: Session, flags: BusFlags, name: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const detail = await client.dataset(name, { signal });
    const versions = await client.datasetVersions(detail.name, { signal });
    if (screen.json) {
      screen.value({ ...detail, versions, schema: schemaJson(detail.manifest.columns) });
      return;
    }
    const { manifest } = detail;
    screen.print(`data set     ${detail.name}@${detail.version}`);
    screen.print(`rows         ${count(detail.rows)}`);
    screen.print(`shards       ${detail.shards}, ${bytes(detail.bytes)}`);
    screen.print(`digest       ${detail.digest}`);
    screen.print(`schema       ${manifest.schema}`);
    const { format, bytes: size, files } = manifest.source;
    const many = files === undefined ? '' : `, ${files} files`;
    screen.print(`source       ${format}${many}, ${bytes(size)}`);
    screen.print(`versions     ${versions.map((version) => version.version).join(', ')}`);
    screen.print(`created      ${detail.createdAt}`);
    screen.print('');
    screen.print(schemaTable(manifest.columns));
  });
}

export async function dataRemove(
  session: Session,
  flags: RemoveDataFlags,
  name: string,
): Promise<void> {
  const { screen } = session;
  const { purge, force } = flags;
  requirePurge(flags);
  await withClient(session, flags, async (client) => {
    const removed = await client.removeDataset(name, { purge, force, signal: session.signal });
    for (const view of removed) screen.print(`removed ${view.name}@${view.version}`);
    if (screen.json) screen.value(removed);
  });
}
