/** `shoal doctor`: the report, for people and as JSON. */
import { join } from 'node:path';
import { nodeClock } from '../../runtime/node/clock.ts';
import { natsCacheDir } from '../../runtime/node/nats-binary.ts';
import { busSettings, openBus } from '../connection.ts';
import { doctorReport, type Verdict } from '../doctor.ts';
import { exitCodes } from '../exit-codes.ts';
import type { DoctorFlags } from '../routes/doctor.ts';
import type { Session } from '../session.ts';

const styles = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export async function doctor(session: Session, flags: DoctorFlags): Promise<void> {
  const { screen, env, config, signal } = session;
  const settings = busSettings(session, flags);
  const monitors = flags.natsMonitor ?? env.SHOAL_NATS_MONITOR ?? '';
  const report = await doctorReport({
    servers: settings.servers,
    open: () => openBus(settings, { name: 'shoal-doctor', signal }),
    clock: nodeClock(),
    env,
    chains: flags.chains,
    monitors: monitors === '' ? [] : monitors.split(','),
    ...(settings.prefix === undefined ? {} : { prefix: settings.prefix }),
    nodeVersion: process.versions.node,
    dataDir: flags.dataDir ?? config.dataDir ?? '.shoal',
    cacheDir:
      flags.cacheDir ??
      (env.SHOAL_CACHE_DIR || undefined) ??
      config.cacheDir ??
      join(natsCacheDir(env), 'shards'),
  });
  const mark = (verdict: Verdict): string => screen.paint(styles[verdict], verdict.padEnd(4));
  for (const { check, verdict, found, fix } of report.findings) {
    screen.print(`${mark(verdict)} ${check.padEnd(15)} ${found}`);
    if (fix !== null) screen.print(`     ${''.padEnd(15)} fix: ${fix}`);
  }
  if (screen.json) screen.value(report);
  session.exitCode = report.verdict === 'fail' ? exitCodes.failed : exitCodes.done;
}
