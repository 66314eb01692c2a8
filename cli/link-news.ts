/**
 * What a process tells of its link: each change, why it stays down, and when there is no hope.
 *
 * A server that cannot be reached is waited for without end. One that refuses the credentials is
 * not: they were revoked or have expired, and whoever computes on can commit nothing. It gets a
 * while, in which the file may be replaced or the rights given back; then the process ends.
 */
import type { Bus } from '../runtime/bus.ts';
import type { Log } from '../runtime/log.ts';
import { TerminalError } from '../schemas/errors.ts';

/** A wait is explained: when the server has not answered for this long. */
const waitingMs = 2_000;
/** How long credentials may be refused without a break. */
const refusedMs = 20_000;
const lookMs = 500;

export interface LinkNews {
  /** Rejects with `denied` when the credentials have been refused for too long. */
  readonly refused: Promise<never>;
  stop(): void;
}

export function tellOfLink(bus: Bus, log: Log): LinkNews {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // whoever waits for it sees it
  let watch: NodeJS.Timeout | undefined;
  bus.onLink((state) => {
    clearInterval(watch);
    log(state === 'disconnected' ? 'warn' : 'info', `link ${state}`);
    if (state === 'disconnected') watch = setInterval(look(bus, log, reject), lookMs);
  });
  return { refused: promise, stop: () => clearInterval(watch) };
}

/** Called now and then while the link is down. */
function look(bus: Bus, log: Log, end: (why: TerminalError) => void): () => void {
  const downSince = performance.now();
  let refusedSince: number | null = null;
  let told = false;
  return () => {
    const now = performance.now();
    const trouble = bus.linkTrouble();
    const refused = trouble !== null && /authorization|authentication/i.test(trouble);
    refusedSince = refused ? (refusedSince ?? now) : null;
    if (!told && now - downSince >= waitingMs) {
      told = true;
      const error = trouble ?? 'no server can be reached';
      log('warn', 'link still down; trying on', {
        ...{ server: bus.url, error },
        ...(refused ? { endsInMs: Math.round(refusedMs - (now - (refusedSince ?? now))) } : {}),
      });
    }
    if (refusedSince === null || now - refusedSince < refusedMs) return;
    end(
      new TerminalError(
        'denied',
        `nats-server at ${bus.url} has refused the credentials for ${refusedMs / 1_000} s: ${trouble}`,
        { fix: 'they were revoked or have expired: put new ones in the place of the file' },
      ),
    );
  };
}
