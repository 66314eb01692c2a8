/**
 * Runs once before all tests: finds or gets nats-server and hands its path to every test process.
 * `SHOAL_TEST_NATS=off` leaves that out, for runs of tests that need no server.
 */
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';

export async function setup(): Promise<void> {
  if (process.env.SHOAL_TEST_NATS === 'off') return;
  const binary = await resolveNatsServer({
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.env.NATS_SERVER_BIN = binary.path;
}
