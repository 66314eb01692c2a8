/** `shoal serve` has its name and place, and says plainly that it is not there yet. */
import type { Command } from '@stricli/core';
import { TerminalError } from '../../schemas/errors.ts';
import { command, type ShoalContext } from '../command.ts';
import { type CommonFlags, commonFlags, text } from '../flags.ts';

export const serveCommand: Command<ShoalContext> = command<CommonFlags, [string]>({
  brief: 'Answer live requests with a model: not there yet',
  examples: ['predict adult new.csv -o scored.csv'],
  parameters: {
    flags: commonFlags,
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'name, or name@version', parse: text, placeholder: 'MODEL' }],
    },
  },
  load: async () => async (_session, _flags, model) => {
    throw new TerminalError('not-there-yet', 'live serving is not there yet in this release', {
      fix: `score files with \`shoal predict ${model} FILE -o OUT.csv\``,
    });
  },
});
