/**
 * What every command is given: screen, environment, config file, and a signal for Ctrl-C.
 *
 * Environment variables are read here and in the composition roots only.
 */
import { type ConfigFile, readConfig } from './config-file.ts';
import type { CommonFlags } from './flags.ts';
import { openScreen, type Screen } from './screen.ts';
import { InterruptedError } from './usage-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Session {
  readonly screen: Screen;
  readonly env: Env;
  readonly config: ConfigFile;
  /** Aborted by the first SIGINT or SIGTERM; the second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Takes the signals away from the session, for commands that mean something else by them. */
  ownSignals(): void;
  /** What the process is to exit with when the command returns. */
  exitCode: number;
}

export async function openSession(flags: CommonFlags): Promise<Session> {
  const screen = openScreen(flags.json);
  const { env } = process;
  const interrupt = new AbortController();
  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) process.exit(130);
    interrupt.abort(new InterruptedError());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    screen,
    env,
    config: await readConfig(env, flags.config),
    signal: interrupt.signal,
    exitCode: 0,
    ownSignals() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
