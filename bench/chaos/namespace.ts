/**
 * A network of its own for one process: a namespace, joined to this machine by a virtual cable that
 * can be unplugged. Needs the right to make one (root on Linux); where that is missing there is none.
 *
 * Unlike the proxy's cuts nothing here answers for the other side: packets are lost, and TCP itself
 * has to find out.
 */
import { spawnSync } from 'node:child_process';

export interface Namespace extends AsyncDisposable {
  /** Address of this machine, as the process in the namespace sees it. */
  readonly hostAddress: string;
  /** What a command is put behind to run in it. */
  readonly prefix: readonly string[];
  unplug(): void;
  plug(): void;
}

function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
}

/** @param n 1 to 250; two at the same time need different ones @returns null where it is not allowed */
export function makeNamespace(n: number): Namespace | null {
  const name = `shoal-chaos-${process.pid}-${n}`;
  const [outer, inner] = [`shc${process.pid % 10_000}a${n}`, `shc${process.pid % 10_000}b${n}`];
  const [hostAddress, address] = [`10.213.${n}.1`, `10.213.${n}.2`];
  const remove = (): void => {
    ip('link', 'del', outer);
    ip('netns', 'del', name);
  };
  const made =
    ip('netns', 'add', name) &&
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name) &&
    ip('addr', 'add', `${hostAddress}/24`, 'dev', outer) &&
    ip('link', 'set', outer, 'up') &&
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', inner) &&
    ip('-n', name, 'link', 'set', inner, 'up') &&
    ip('-n', name, 'link', 'set', 'lo', 'up');
  if (!made) {
    remove();
    return null;
  }
  return {
    hostAddress,
    prefix: ['ip', 'netns', 'exec', name],
    unplug: () => ip('-n', name, 'link', 'set', inner, 'down'),
    plug: () => ip('-n', name, 'link', 'set', inner, 'up'),
    async [Symbol.asyncDispose]() {
      remove();
    },
  };
}
