/** `shoal nodes` and `shoal node ...`. */
import { NotFoundError } from '../../client/errors.ts';
import { nearest } from '../../schemas/nearest.ts';
import type { ClusterView, NodeView } from '../../schemas/views.ts';
import { withClient } from '../connection.ts';
import type { BusFlags } from '../flags.ts';
import type { Session } from '../session.ts';
import { bytes, duration, table } from '../table.ts';

export async function nodes(session: Session, flags: BusFlags): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const [all, status] = await Promise.all([client.nodes({ signal }), client.status({ signal })]);
    all.sort((a, b) => (a.id < b.id ? -1 : 1));
    if (screen.json) {
      screen.value(all);
      return;
    }
    if (all.length === 0) {
      screen.note('no nodes; start one with `shoal worker`');
      return;
    }
    screen.print(
      table(
        [
          { title: 'NODE' },
          { title: 'ROLE' },
          { title: 'STATE' },
          { title: 'BUSY', right: true },
          { title: 'DONE', right: true },
          { title: 'RESIDENT', right: true },
          { title: 'SILENT', right: true },
          { title: 'UP', right: true },
          { title: 'HOST' },
        ],
        all.map((node) => [
          node.id,
          node.role,
          node.quarantine === null ? node.state : 'quarantine',
          `${node.running.length}/${node.slots}`,
          String(node.tasksDone),
          bytes(node.residentBytes),
          duration(node.silentMs),
          duration(node.uptimeMs),
          node.host,
        ]),
      ),
    );
    for (const line of statusLines(status)) screen.note(line);
  });
}

/** What is so of the cluster as a whole. */
function statusLines({ coordinator, busy, slots, placement, breakers }: ClusterView): string[] {
  return [
    `${busy} of ${slots} slots busy; ${coordinator} leads, placement ${placement}`,
    ...breakers.map(({ dependency, state, cause, since }) => {
      return `breaker of ${dependency} ${state} since ${since}: ${cause}`;
    }),
  ];
}

export async function nodeShow(session: Session, flags: BusFlags, id: string): Promise<void> {
  await withClient(session, flags, async (client) => {
    const all = await client.nodes({ signal: session.signal });
    const found = all.find((node) => node.id === id);
    if (found === undefined) {
      throw new NotFoundError(
        'node',
        id,
        nearest(
          id,
          all.map((node) => node.id),
        ),
      );
    }
    show(session, found);
  });
}

export async function nodeDrain(session: Session, flags: BusFlags, id: string): Promise<void> {
  await withClient(session, flags, async (client) => {
    show(session, await client.drain(id, { signal: session.signal }));
  });
}

function show(session: Session, node: NodeView): void {
  const { screen } = session;
  if (screen.json) {
    screen.value(node);
    return;
  }
  const labels = Object.entries(node.labels).map(([name, value]) => `${name}=${value}`);
  const facts: [string, string][] = [
    ['node', node.id],
    ['role', node.role],
    ['state', node.state],
    ['quarantine', node.quarantine === null ? '' : quarantineText(node.quarantine)],
    ['host', `${node.host} (process ${node.pid})`],
    ['slots', `${node.running.length} of ${node.slots} busy`],
    ['tasks done', String(node.tasksDone)],
    ['refused', `${node.commitsRefused} late commits`],
    ['memory', `${bytes(node.residentBytes)} resident, ${bytes(node.memoryBytes)} allowed`],
    ['heartbeat', `${duration(node.silentMs)} ago, loop lag ${duration(node.loopLagMs)}`],
    ['up', duration(node.uptimeMs)],
    ['messages', String(node.messages)],
    ['learners', node.learners.filter((learner) => !learner.startsWith('toy-')).join(', ')],
    ['labels', labels.join(', ')],
    ['version', node.version],
  ];
  for (const [name, value] of facts) {
    if (value !== '') screen.print(`${name.padEnd(12)} ${value}`);
  }
  for (const run of node.running) {
    screen.print(
      `${'running'.padEnd(12)} ${run.job} ${run.task} attempt ${run.attempt}, ${duration(run.runningMs)}`,
    );
  }
}

function quarantineText({ reason, until }: NonNullable<NodeView['quarantine']>): string {
  return `${reason}: gets no work until ${until} while there are other nodes`;
}
