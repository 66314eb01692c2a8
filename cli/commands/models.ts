/** `shoal models` and `shoal model ...`. */
import { writeFile } from 'node:fs/promises';
import type { ModelView } from '../../client/models.ts';
import { describeModel } from '../../learners/model.ts';
import { withClient } from '../connection.ts';
import { type BusFlags, requirePurge } from '../flags.ts';
import { metricLines } from '../job-text.ts';
import type { OutputFlags, RemoveModelFlags } from '../routes/models.ts';
import type { Session } from '../session.ts';
import { bytes, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

export async function models(session: Session, flags: BusFlags): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const all = await client.models({ signal });
    if (screen.json) {
      screen.value(all);
      return;
    }
    if (all.length === 0) {
      screen.note('no models yet; a completed job makes one');
      return;
    }
    screen.print(
      table(
        [
          { title: 'MODEL' },
          { title: 'LIVE' },
          { title: 'LEARNER' },
          { title: 'DATA SET' },
          { title: 'METRICS' },
          { title: 'SIZE', right: true },
          { title: 'DIGEST' },
        ],
        all.map((model) => [
          `${model.name}@${model.version}`,
          model.live ? 'yes' : '',
          model.learner,
          model.dataset,
          metricLines(model.metrics).slice(0, 2).join(', '),
          bytes(model.bytes),
          model.digest.slice(0, 12),
        ]),
      ),
    );
  });
}

export async function modelShow(session: Session, flags: BusFlags, name: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const { view, bytes: raw, provenance } = await client.exportModel(name, { signal });
    const versions = await client.modelVersions(view.name, { signal });
    const header = describeModel(raw);
    if (screen.json) {
      const { features, target, classes } = header;
      screen.value({ ...view, features, target, classes, provenanceObject: provenance, versions });
      return;
    }
    show(session, view);
    screen.print(`target       ${header.target.name} (${header.kind})`);
    if (header.classes.length > 0) screen.print(`classes      ${header.classes.join(', ')}`);
    screen.print(`columns      ${header.features.map((feature) => feature.name).join(', ')}`);
    screen.print(
      `versions     ${versions.map((v) => `${v.version}${v.live ? ' (live)' : ''}`).join(', ')}`,
    );
  });
}

function show(session: Session, view: ModelView): void {
  const { screen } = session;
  screen.print(`model        ${view.name}@${view.version}${view.live ? ' (live)' : ''}`);
  screen.print(`learner      ${view.learner}`);
  screen.print(`data set     ${view.dataset}`);
  screen.print(`job          ${view.job}`);
  for (const line of metricLines(view.metrics)) screen.print(`metric       ${line}`);
  screen.print(`size         ${bytes(view.bytes)}`);
  screen.print(`digest       ${view.digest}`);
  screen.print(`exactness    ${view.exactness}`);
  screen.print(`created      ${view.createdAt}`);
}

export async function modelExport(
  session: Session,
  flags: OutputFlags,
  name: string,
): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const { view, bytes: raw } = await client.exportModel(name, { signal });
    const out = flags.output ?? `${view.name}-${view.version}.model`;
    if (out === '-') {
      if (screen.json) throw new UsageError('--json and -o - both want stdout', 'name a file');
      process.stdout.write(raw);
      return;
    }
    try {
      await writeFile(out, raw, { flag: flags.force ? 'w' : 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new UsageError(`file "${out}" is there already`, 'name another, or give --force');
    }
    screen.print(`wrote ${out}: ${bytes(raw.length)}, SHA-256 ${view.digest}`);
    if (screen.json) screen.value({ ...view, out });
  });
}

/** Runs one change of the registry and shows the version that came out. */
function changing(verb: string, change: (client: Client, name: string) => Promise<ModelView>) {
  return (session: Session, flags: BusFlags, name: string): Promise<void> =>
    withClient(session, flags, async (client) => {
      const view = await change(client, name);
      session.screen.print(`${verb} ${view.name}@${view.version}`);
      if (session.screen.json) session.screen.value(view);
    });
}
type Client = Parameters<Parameters<typeof withClient>[2]>[0];

export const modelPromote = changing('live is', (client, name) => client.promote(name));
export const modelRollback = changing('live is', (client, name) => client.rollback(name));

export async function modelRemove(
  session: Session,
  flags: RemoveModelFlags,
  name: string,
): Promise<void> {
  const { screen, signal } = session;
  const { purge, force } = flags;
  requirePurge(flags);
  await withClient(session, flags, async (client) => {
    const removed = await client.removeModel(name, { purge, force, signal });
    for (const view of removed) screen.print(`removed ${view.name}@${view.version}`);
    if (screen.json) screen.value(removed);
  });
}
