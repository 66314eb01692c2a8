/**
 * Runs once before all tests: finds or gets nats-server and hands its path to every test process.
 */
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';

export async function setup(): Promise<void> {
  const binary = await resolveNatsServer({
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.env.NATS_SERVER_BIN = binary.path;
}
