/**
 * What to read when a job does not end: who waits for what, what every node says, and the last
 * lines of every log.
 */
import type { Arena } from './arena.ts';

async function told(what: string, ask: () => Promise<unknown>): Promise<string> {
  try {
    return `${what}: ${JSON.stringify(await ask())}`;
  } catch (error) {
    return `${what}: ${(error as Error).message}`;
  }
}

export async function hangReport(arena: Arena, jobs: readonly string[]): Promise<string> {
  const { client } = arena;
  const lines = [`leader: ${(await arena.leader()) ?? 'nobody answers'}`];
  for (const id of jobs.slice(0, 8)) {
    const view = async () => {
      const { spec: _, ...rest } = await client.job(id).view();
      return rest;
    };
    lines.push(await told(`job ${id}`, view));
    const claimed = async () =>
      (await client.job(id).tasks()).filter(({ state }) => state !== 'done').slice(0, 20);
    lines.push(await told('  tasks', claimed));
  }
  lines.push(await told('nodes', () => client.nodes()));
  for (const { name, child, starts, proxy } of arena.actors.values()) {
    const links = `${proxy.standing} connections stand, ${proxy.accepted} were made`;
    lines.push(`${name} pid ${child.pid}, started ${starts} times, ${links}`);
    lines.push(arena.tail(name, 8).replaceAll(/^/gm, '    '));
  }
  return lines.join('\n');
}
