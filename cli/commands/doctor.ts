/** `shoal doctor`: prints the report, exits with 1 when a check failed. */
import { nodeClock } from '../../runtime/node/clock.ts';
import { natsCacheDir } from '../../runtime/node/nats-binary.ts';
import { busSettings, openBus } from '../connection.ts';
import { doctorReport, type Verdict } from '../doctor.ts';
import { exitCodes } from '../exit-codes.ts';
import type { DoctorFlags } from '../routes/doctor.ts';
import type { Session } from '../session.ts';

const styles = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export async function doctor(session: Session, flags: DoctorFlags): Promise<void> {
  const { screen, env, config } = session;
  const settings = busSettings(session, flags);
  const report = await doctorReport({
    servers: settings.servers,
    open: () => openBus(settings, { name: 'shoal-doctor', signal: session.signal }),
    clock: nodeClock(),
    env,
    nodeVersion: process.version,
    dataDir: flags.dataDir ?? '.shoal',
    cacheDir:
      flags.cacheDir ?? (env.SHOAL_CACHE_DIR || undefined) ?? config.cacheDir ?? natsCacheDir(env),
  });
  if (screen.json) screen.value(report);
  const mark = (verdict: Verdict) => screen.paint(styles[verdict], verdict.padEnd(4));
  for (const { check, verdict, found, fix } of report.findings) {
    screen.print(`${mark(verdict)}  ${check.padEnd(15)}${found}`);
    if (fix !== null) screen.print(`${' '.repeat(21)}fix: ${fix}`);
  }
  if (report.verdict === 'fail') session.exitCode = exitCodes.failed;
}
