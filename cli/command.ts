/**
 * How a command is defined: its flags and help here and now, its code loaded only when it runs.
 *
 * The wrapper opens the session, shows errors in one form (text on stderr; with `--json` also
 * `{"error":{code,message,path?,fix?,issues?}}` on stdout) and turns them into exit codes.
 */
import {
  buildCommand,
  type Command,
  type CommandContext,
  type TypedCommandParameters,
} from '@stricli/core';
import type { CommonFlags } from './flags.ts';
import type { Session } from './session.ts';

export interface ShoalContext extends CommandContext {
  /** Where the command leaves its exit code. */
  readonly outcome: { exitCode: number };
}

type Flags = Readonly<Record<string, unknown>>;
type Args = readonly unknown[];

export type Action<F, A extends Args> = (session: Session, flags: F, ...args: A) => Promise<void>;

export interface CommandDefinition<F extends CommonFlags & Flags, A extends Args> {
  readonly brief: string;
  /** More than the one line, before the examples. */
  readonly about?: string;
  /** Without the leading `shoal`. */
  readonly examples: readonly string[];
  readonly parameters: TypedCommandParameters<F, A, ShoalContext>;
  load(): Promise<Action<F, A>>;
}

export function command<F extends CommonFlags & Flags, const A extends Args>(
  definition: CommandDefinition<F, A>,
): Command<ShoalContext> {
  const examples = definition.examples.map((example) => `  shoal ${example}`).join('\n');
  const about = definition.about === undefined ? definition.brief : definition.about;
  return buildCommand<F, A, ShoalContext>({
    docs: { brief: definition.brief, fullDescription: `${about}\n\nExamples:\n${examples}` },
    parameters: definition.parameters as never,
    loader: async () => {
      const run = async function (this: ShoalContext, flags: F, ...args: A): Promise<void> {
        const [{ openSession }, { showError }] = await Promise.all([
          import('./session.ts'),
          import('./show-error.ts'),
        ]);
        try {
          const session = await openSession(flags);
          const action = await definition.load();
          await action(session, flags, ...args);
          this.outcome.exitCode = session.exitCode;
        } catch (error) {
          this.outcome.exitCode = showError(error, flags.json);
        }
      };
      return run as never;
    },
  });
}
